package dev.reroam.tests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FalseActionsTest {

    @Test
    void oneChangeInOneRunMissesTheTarget() {
        var result =
                FalseActions.result(Map.of("quiet", List.of(List.of(), List.of("+ port 2", "- port 1"), List.of())));
        var quiet = result.figures().get(0);
        assertEquals(3, quiet.spread().n());
        assertFalse(quiet.targets().get(0).met());
        var all = result.figures().get(1);
        assertEquals(2, all.spread().worst());
        assertFalse(all.targets().get(0).met());
        assertEquals(List.of("quiet: + port 2", "quiet: - port 1"), result.remarks());
    }

    @Test
    void noneAtAllMeetsIt() {
        var result = FalseActions.result(Map.of("quiet", List.of(List.of(), List.of())));
        assertTrue(result.figures().stream()
                .flatMap(figure -> figure.targets().stream())
                .allMatch(Target::met));
    }

    @Test
    void nothingRunIsNothingShown() {
        var result = FalseActions.result(Map.of("quiet", List.of()));
        assertFalse(result.figures().get(0).targets().get(0).met());
    }
}
