/**
 * How do people tell the agent what it cannot find out? One TOML file, every key optional, read once at start, before
 * anything else happens. {@code Keys} is the one list of keys: parsing, checking, the hint for a
 * misspelt one and the README's table come from it. Knows nobody but the address values.
 */
@NullMarked
package dev.reroam.config;

import org.jspecify.annotations.NullMarked;
