package dev.reroam.tcp;

/** What a connection may hang on. Immutable. */
public sealed interface Trouble permits GoneUplink, SilentServer {}
