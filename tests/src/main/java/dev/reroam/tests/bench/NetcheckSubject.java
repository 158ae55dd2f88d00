package dev.reroam.tests.bench;

/**
 * The program that makes full reports where the internet is far away. Arguments: how many; the round trip in milliseconds. Prints
 * how long each took, in milliseconds, a line each.
 */
public final class NetcheckSubject {

    /** Begins the lines that count. */
    static final String TOOK = "took ";

    // On the way back: whatever the internet sends.
    private static final String FAR_AWAY = """
            ip -oneline link show | sed -n 's/^[0-9]*: \\([^:@]*\\).*/\\1/p' | grep -v '^lo$' | while read -r link; do
              tc qdisc add dev "$link" root netem delay "$DELAY"
            done
            """;

    private NetcheckSubject() {}

    public static void main(String[] arguments) {
        int runs = Integer.parseInt(arguments[0]);
        try (var subject = FullReport.subject();
                var page = Page.open(subject.net().internet(), FullReport.PAGE)) {
            subject.net().internet().script("DELAY=" + Integer.parseInt(arguments[1]) + "ms\n" + FAR_AWAY);
            for (int i = 0; i < runs; i++) {
                System.out.println(TOOK + FullReport.took(FullReport.of(subject, page.url(), "yes")));
            }
        }
    }
}
