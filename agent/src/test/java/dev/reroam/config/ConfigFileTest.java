package dev.reroam.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.stun.StunServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {

    private static final String PEER = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    private static final String EVERYTHING = """
            mode = "observe"
            steer = "never"
            mtu = "clamp"
            log = "debug"
            state_directory = "/srv/reroam"
            [stun]
            servers = ["stun.example.org", "192.0.2.1:3479", "[2001:db8::1]:3478"]
            interval_seconds = 0
            [portmap]
            enabled = false
            ports = [41641, 1]
            [tcp]
            programs = ["derper", "my-tool"]
            [tailscale]
            enabled = false
            socket = "/srv/ts/tailscaled.sock"
            [devices.wg0]
            enabled = false
            port = "fixed"
            restart = "systemd wg-quick@wg0.service"
            [devices.wg0.probe]
            "%s" = "10.9.0.1"
            [devices."wg-1.2"]
            port = "free"
            restart = "wg-quick"
            """.formatted(PEER);

    @TempDir
    Path folder;

    @Test
    void usesTheDefaultsWhereTheUsualFileIsNot() throws BadConfigException {
        assertEquals(Config.DEFAULT, ConfigFile.load(Optional.empty(), folder.resolve("none.toml")));
    }

    @Test
    void usesTheDefaultsForAnEmptyFile() throws Exception {
        assertEquals(Config.DEFAULT, parse(""));
        assertEquals(Config.DEFAULT, parse("# nothing\n\n[devices]\n[devices.wg0]\n"));
    }

    @Test
    void readsWhatAnEditorOfAnotherSystemWrote() throws Exception {
        assertEquals(
                Mode.OBSERVE,
                parse("\ufeffmode = \"observe\"\r\nlog = \"debug\"\r\n").mode());
    }

    @Test
    void readsTheUsualFileWithoutBeingTold() throws Exception {
        Path usual = Files.writeString(folder.resolve("reroam.toml"), "mode = \"observe\"\n");
        assertEquals(Mode.OBSERVE, ConfigFile.load(Optional.empty(), usual).mode());
    }

    @Test
    void refusesAUsualFileThatIsADirectory() {
        assertThrows(BadConfigException.class, () -> ConfigFile.load(Optional.empty(), folder));
    }

    @Test
    void readsEveryKey() throws Exception {
        Config config = parse(EVERYTHING);
        var wg0 = new DeviceConfig(
                false,
                PortPolicy.FIXED,
                Optional.of(Restart.parse("systemd wg-quick@wg0.service")),
                Map.of(PEER, IpAddress.parse("10.9.0.1")));
        var wg1 = new DeviceConfig(true, PortPolicy.FREE, Optional.of(Restart.parse("wg-quick")), Map.of());
        assertEquals(
                new Config(
                        Mode.OBSERVE,
                        SteerPolicy.NEVER,
                        MtuPolicy.CLAMP,
                        LogLevel.DEBUG,
                        Optional.of(Path.of("/srv/reroam")),
                        new StunConfig(
                                List.of(
                                        new StunServer("stun.example.org", 3478),
                                        new StunServer("192.0.2.1", 3479),
                                        new StunServer("2001:db8::1", 3478)),
                                0),
                        new PortmapConfig(false, List.of(41641, 1)),
                        new TcpConfig(List.of("derper", "my-tool")),
                        new TailscaleConfig(false, Optional.of(Path.of("/srv/ts/tailscaled.sock"))),
                        Map.of("wg0", wg0, "wg-1.2", wg1)),
                config);
        assertEquals(
                IpAddress.parse("10.9.0.1"), config.device("wg0").probe(PEER).orElseThrow());
        assertEquals(DeviceConfig.DEFAULT, config.device("wg7"));
    }

    @Test
    void printsWhatItWouldReadAgain() throws Exception {
        for (Config config : new Config[] {Config.DEFAULT, parse(EVERYTHING), awkward()}) {
            assertEquals(config, parse(ConfigText.of(config)));
        }
    }

    @Test
    void endsForAnyTextWithAConfigurationOrWithProblems() throws Exception {
        long seed = Long.getLong("seed", 20260101L);
        var random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 2_000; i++) {
            String text = mutated(EVERYTHING, random);
            Path file = Files.writeString(folder.resolve("fuzz.toml"), text);
            try {
                ConfigFile.load(Optional.of(file));
            } catch (BadConfigException e) {
                refused++;
                assertFalse(e.problems().isEmpty(), "seed " + seed);
                assertEquals(e.problems().size(), e.getMessage().lines().count(), "seed " + seed + ": " + text);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", text " + text, e);
            }
        }
        assertFalse(refused < 500, "the fuzz hardly breaks anything: " + refused);
    }

    private static String mutated(String text, Random random) {
        var mutant = new StringBuilder(text);
        String alphabet = "uU8\\\\\"'[]{}=.,#\\\n\r\t 0aé\u0000\u001b\ud83d\ude00-_";
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(Math.max(1, mutant.length()));
            switch (random.nextInt(3)) {
                case 0 -> mutant.delete(at, at + 1);
                case 1 ->
                    mutant.insert(Math.min(at, mutant.length()), alphabet.charAt(random.nextInt(alphabet.length())));
                default -> mutant.setLength(Math.min(at, mutant.length()));
            }
        }
        // A lone surrogate cannot be written as UTF-8, so it is no text a file could hold.
        return mutant.toString().replaceAll("[\\ud800-\\udfff]", "");
    }

    private static Config awkward() {
        return new Config(
                Mode.REPAIR,
                SteerPolicy.ALWAYS,
                MtuPolicy.REPORT,
                LogLevel.TRACE,
                Optional.of(Path.of("/a\"b\\c\nd")),
                new StunConfig(List.of(), 3600),
                PortmapConfig.DEFAULT,
                new TcpConfig(List.of("a\"b\\c", "ü")),
                TailscaleConfig.DEFAULT,
                Map.of(
                        "a\"b\\",
                        new DeviceConfig(
                                true, PortPolicy.AUTO, Optional.empty(), Map.of(PEER, IpAddress.parse("fd00::1")))));
    }

    private Config parse(String text) throws BadConfigException, IOException {
        return ConfigFile.load(Optional.of(Files.writeString(folder.resolve("test.toml"), text)));
    }
}
