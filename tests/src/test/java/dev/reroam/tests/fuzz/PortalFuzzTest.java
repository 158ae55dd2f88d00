package dev.reroam.tests.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.reroam.netcheck.PortalAnswer;
import dev.reroam.netcheck.PortalHead;
import java.util.Arrays;

/** What a captive portal answers, or whoever plays one. */
class PortalFuzzTest {

    @FuzzTest
    void headIsGarbledOrOfAStatusAndAPrintableLocation(byte[] data) {
        var answer = PortalHead.read(data);
        switch (answer) {
            case PortalAnswer.Http http -> {
                assertTrue(http.status() >= 100 && http.status() <= 999);
                http.location().ifPresent(location -> assertTrue(location.matches("[ -~]{0,200}")));
            }
            case PortalAnswer.Garbled garbled -> {}
            case PortalAnswer.None none -> throw new AssertionError("there was an answer: " + none);
        }
        // What lies behind the bound says nothing.
        assertEquals(answer, PortalHead.read(Arrays.copyOf(data, Math.min(data.length, PortalHead.LARGEST))));
        assertTrue(data.length < PortalHead.LARGEST || PortalHead.isWhole(data));
    }
}
