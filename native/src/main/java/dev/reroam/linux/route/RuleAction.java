package dev.reroam.linux.route;

/** What a rule does with a packet that it matches: linux/fib_rules.h {@code FR_ACT_*}. */
public record RuleAction(int number) {

    /** Looks its table up; goes on when that has no route. */
    public static final RuleAction LOOKUP = new RuleAction(1);
    /** Goes on at another rule. */
    public static final RuleAction GOTO = new RuleAction(2);
    /** Goes on with the next rule. */
    public static final RuleAction NOTHING = new RuleAction(3);

    public static final RuleAction BLACKHOLE = new RuleAction(6);
    public static final RuleAction UNREACHABLE = new RuleAction(7);
    public static final RuleAction PROHIBIT = new RuleAction(8);

    @Override
    public String toString() {
        return switch (number) {
            case 1 -> "lookup";
            case 2 -> "goto";
            case 3 -> "nop";
            case 6 -> "blackhole";
            case 7 -> "unreachable";
            case 8 -> "prohibit";
            default -> "action " + number;
        };
    }
}
