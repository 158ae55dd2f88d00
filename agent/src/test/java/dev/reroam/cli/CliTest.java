package dev.reroam.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.stun.StunServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CliTest {

    private final Terminal terminal = new Terminal();

    @TempDir
    Path folder;

    @Test
    void startsNothingOnABadConfigurationAndSaysEverythingThatIsWrong() throws IOException {
        Path file = Files.writeString(folder.resolve("reroam.toml"), "mode = 1\nlgo = 2\n");
        assertEquals(Cli.REFUSED, terminal.run("run", "--config", file.toString()));
        assertEquals(
                List.of(
                        file + ":1: 'mode': must be \"repair\" or \"observe\", not the number 1",
                        file + ":2: unknown key 'lgo', did you mean 'log'?"),
                terminal.err().lines().toList());
        assertEquals(List.of(), terminal.runs());
    }

    @Test
    void startsNothingOnAMissingFileOrADirectory() {
        Path missing = folder.resolve("missing.toml");
        assertEquals(Cli.REFUSED, terminal.run("run", "--config", missing.toString()));
        assertEquals(Cli.REFUSED, terminal.run("check", "--config", folder.toString()));
        assertEquals(
                List.of(missing + ":0: no such file", folder + ":0: is a directory, not a file"),
                terminal.err().lines().toList());
        assertEquals(List.of(), terminal.runs());
    }

    @Test
    void startsNothingOnALogLevelThatIsNone() {
        assertEquals(Cli.REFUSED, terminal.run("run", "--log", "loud"));
        assertEquals("reroam: --log must be one of error, warn, info, debug, trace\n", terminal.err());
        assertEquals(List.of(), terminal.runs());
    }

    @Test
    void refusesWhatCannotBeAPathInOneLine() {
        // As a letter beyond ASCII is where the locale is plain ASCII.
        for (var words : new String[][] {
            {"check", "--config", "\0"}, {"status", "--socket", "\0"}, {"replay", "7", "--state", "\0"}
        }) {
            assertEquals(Cli.REFUSED, new Terminal().run(words), words[0]);
        }
        terminal.run("run", "--config", "a\0b");
        assertEquals("reroam: 'a?b' cannot be a path in this locale: Nul character not allowed\n", terminal.err());
    }

    @Test
    void printsTheEffectiveConfiguration() throws IOException {
        Path file = Files.writeString(folder.resolve("reroam.toml"), "[devices.wg0]\nport = \"fixed\"\n");
        assertEquals(Cli.DONE, terminal.run("check", "--config", file.toString()));
        assertEquals(
                """
                mode = "repair"
                steer = "auto"
                mtu = "report"
                log = "info"

                [stun]
                servers = %s
                interval_seconds = 15

                [portmap]
                enabled = true
                ports = []

                [tcp]
                programs = ["tailscaled", "cloudflared", "netbird", "zerotier-one"]

                [tailscale]
                enabled = true

                [devices."wg0"]
                enabled = true
                port = "fixed"
                """.formatted(StunServer.DEFAULTS.stream()
                        .map(server -> "\"" + server + "\"")
                        .toList()),
                terminal.out());
    }

    @Test
    void saysOneLineAndTheUsageOnABadCommandLine() {
        assertEquals(Cli.REFUSED, terminal.run("stauts"));
        assertEquals(2, terminal.err().lines().count());
        assertEquals("", terminal.out());
    }

    @Test
    void replaysFromTheGivenState() {
        assertEquals(Cli.DONE, terminal.run("replay", "7", "--state", folder.toString()));
        assertEquals("replaying 7 of " + folder + "\n", terminal.out());
    }

    @Test
    void looksAtTheUplinksAsItWasTold() {
        assertEquals(Cli.DONE, terminal.run("netcheck"));
        assertEquals(
                Cli.DONE,
                terminal.run("netcheck", "--json", "--binding-lifetime", "--servers=a,b:1", "--portal", "none"));
        assertEquals(
                List.of(
                        new Cli.NetcheckWish(Optional.empty(), Optional.empty(), false, false) + "",
                        new Cli.NetcheckWish(Optional.of("a,b:1"), Optional.of("none"), true, true) + ""),
                terminal.out().lines().toList());
        assertEquals(
                Cli.REFUSED,
                terminal.run("netcheck", "--config", folder.resolve("none").toString()));
    }

    @Test
    void saysItsVersion() {
        assertEquals(Cli.DONE, terminal.run("--version"));
        assertTrue(terminal.out().matches("reroam \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\n"), terminal.out());
    }

    @Test
    void examinesTheMachine() {
        assertEquals(
                Cli.DONE,
                terminal.run("doctor", "--socket", folder.resolve("none").toString()),
                terminal::out);
        assertTrue(terminal.out().contains("privileges"), terminal.out());
    }
}
