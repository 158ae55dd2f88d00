package dev.reroam;

import dev.reroam.config.Mode;
import dev.reroam.config.SteerPolicy;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.route.Rule;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Whether tunnels may be steered here, and who decides where not. Confined to the agent's loop. */
final class SteerGround {

    /** The kernel's rules, as they are now. */
    interface Rules {
        List<Rule> of(IpFamily family) throws LinuxException, MalformedMessageException;
    }

    /**
     * What the answer depends on from moment to moment.
     *
     * @param uplinks how many ways out there are of the family that has most, dead ones too
     * @param rulesEdition another number after any change of the rules
     */
    record Moment(int uplinks, long rulesEdition) {}

    private final Mode mode;
    private final SteerPolicy policy;
    private final Rules rules;
    private final Consumer<Consumer<Optional<String>>> prepare;
    private Optional<String> unable = Optional.empty();
    private boolean prepared;
    private Optional<String> decider = Optional.empty();
    // Of the rules that the decider was found among; empty while none were read.
    private OptionalLong edition = OptionalLong.empty();

    /**
     * @param prepare makes ready what steering needs, and tells what is wrong with it, empty where nothing is; called once,
     *     where nothing else speaks against it
     */
    SteerGround(Mode mode, SteerPolicy policy, Rules rules, Consumer<Consumer<Optional<String>>> prepare) {
        this.mode = mode;
        this.policy = policy;
        this.rules = rules;
        this.prepare = prepare;
    }

    /** Why no tunnel is steered here; empty where it may be. */
    Optional<String> not(Moment now) {
        return notForNode(now).or(() -> policy == SteerPolicy.ALWAYS ? Optional.empty() : others(now.rulesEdition()));
    }

    /** The same for packets that nobody else sends by uplinks of their own choice. */
    Optional<String> notForNode(Moment now) {
        if (mode == Mode.OBSERVE) {
            return Optional.of("mode = \"observe\"");
        }
        if (policy == SteerPolicy.NEVER) {
            return Optional.of("steer = \"never\"");
        }
        if (unable.isPresent()) {
            return unable;
        }
        if (now.uplinks() < 2) {
            return Optional.of("there is one way out only");
        }
        if (!prepared) {
            prepared = true;
            prepare.accept(problem -> unable = problem);
        }
        return Optional.empty();
    }

    private Optional<String> others(long rulesEdition) {
        try {
            // A box of many policies has hundreds of rules, and this is asked after every reading of a device.
            if (edition.isEmpty() || edition.getAsLong() != rulesEdition) {
                decider = read();
                edition = OptionalLong.of(rulesEdition);
            }
            return decider.map(name -> name + " decides here (steer = \"always\" steers all the same)");
        } catch (LinuxException | MalformedMessageException e) {
            return Optional.of("the rules cannot be read: " + e.getMessage());
        }
    }

    private Optional<String> read() throws LinuxException, MalformedMessageException {
        for (var family : IpFamily.values()) {
            var who = rules.of(family).stream()
                    .flatMap(rule -> decider(rule).stream())
                    .findFirst();
            if (who.isPresent()) {
                return who;
            }
        }
        return Optional.empty();
    }

    /** Who makes such a rule, of those that send packets by uplinks of their own choice. */
    static Optional<String> decider(Rule rule) {
        int mask = rule.mark().map(Rule.MarkCondition::mask).orElse(0);
        long preference = rule.preference();
        // net/mwan3: mmx_mask 0x3F00 unless configured otherwise; a rule for each of at most 60 interfaces from 2001
        // on.
        if (mask != 0 && preference > 2_000 && preference <= 2_062) {
            return Optional.of("mwan3");
        }
        // net/pbr: fw_mask 00ff0000, its rules just below uplink_ip_rules_priority 30000.
        if (mask == 0x00ff0000 && preference > 29_000 && preference <= 30_000) {
            return Optional.of("pbr");
        }
        return Optional.empty();
    }
}
