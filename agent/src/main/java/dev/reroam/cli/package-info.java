/**
 * How do people talk to the agent from a terminal? Reads the command line, asks a running agent over its control socket,
 * and puts the answers into words. What runs the agent and what replays an incident is handed in, so that this package
 * knows neither.
 */
@NullMarked
package dev.reroam.cli;

import org.jspecify.annotations.NullMarked;
