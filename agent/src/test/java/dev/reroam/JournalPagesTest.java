package dev.reroam;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.journal.IncidentStory;
import dev.reroam.web.IncidentSummary;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JournalPagesTest {

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "OPEN,             open",
        "HEALED,           healed",
        "QUIET,            quiet",
        "ONLY_OBSERVED,    only_observed",
        "WAITING_FOR_PEER, waiting_for_the_peer",
        "NEEDS_PERSON,     needs_a_person",
    })
    void tellsHowAnIncidentStands(IncidentStory.State state, String word) {
        var story = new IncidentStory(1, 0, "a sign", state, OptionalLong.empty(), List.of(), 0, List.of(), 0);
        IncidentSummary summary = JournalPages.summary(story);
        assertEquals(word, summary.state().word());
    }
}
