package dev.reroam.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RestartTest {

    @ParameterizedTest
    @CsvSource({
        "systemd wg-quick@wg0.service, systemctl restart wg-quick@wg0.service",
        "ifup wg_home, ifup wg_home",
        "procd wireguard-go, /etc/init.d/wireguard-go restart"
    })
    void oneCommandRestartsIt(String text, String command) {
        var restart = Restart.parse(text);
        assertEquals(text, restart.toString());
        assertEquals(List.of(List.of(command.split(" "))), restart.commands("wg0"));
    }

    @Test
    void wgQuickTakesItDownAndUp() {
        assertEquals(
                List.of(List.of("wg-quick", "down", "wg0"), List.of("wg-quick", "up", "wg0")),
                Restart.parse("wg-quick").commands("wg0"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "wg-quick wg0",
                "systemd",
                "systemd a b",
                "reboot now",
                "systemd --root=/tmp",
                "procd ../../tmp/x",
                "procd a/b",
                "procd .",
                "ifup a;reboot",
                "ifup $(reboot)"
            })
    void nothingElseIsRun(String text) {
        var refused = assertThrows(IllegalArgumentException.class, () -> Restart.parse(text));
        assertTrue(String.valueOf(refused.getMessage()).contains("'"), refused::toString);
    }
}
