package dev.reroam.cli;

/** A program whose agent only waits until its standard input ends. */
final class WaitingAgent {

    private WaitingAgent() {}

    public static void main(String[] words) {
        System.exit(new Cli(
                        System.out,
                        System.err,
                        (config, places) -> {
                            System.out.println("running " + places.lock() + " " + places.socket());
                            System.out.flush();
                            return System.in.read() < 0 ? Cli.DONE : Cli.FAILED;
                        },
                        (state, incident, out, err) -> Cli.FAILED,
                        (config, wish, out, err) -> Cli.FAILED)
                .run(words));
    }
}
