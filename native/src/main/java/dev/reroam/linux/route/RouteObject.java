package dev.reroam.linux.route;

/** One thing that rtnetlink knows of: a snapshot, immutable. */
public sealed interface RouteObject permits Link, Address, Route, Rule, NextHop, Neighbour {}
