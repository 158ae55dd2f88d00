package dev.reroam.journal;

/** One incident in the journal, with what became of its recording. Immutable. */
public record KeptIncident(IncidentStory story, Recording recording) {

    /** Whether {@code replay} can run it again. */
    public sealed interface Recording {
        /** The incident is open, or its file is being written. */
        record Running() implements Recording {}

        /** It is on the disk, whole. */
        record Written() implements Recording {}

        /** There is none, or one without the observations; the words say why. */
        record LeftOut(String why) implements Recording {}
    }
}
