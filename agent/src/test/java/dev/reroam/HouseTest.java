package dev.reroam;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** The house's rules: who may know whom, and what nobody may do. */
class HouseTest {

    private static final String ROOT = "dev.reroam";

    /** Imported once: reading a few hundred classes takes a second. */
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    /**
     * Every package of the agent, and what it stands on; {@code linux} is all of {@code native}. A package that is new gets
     * a line here: that is where the question "what does it stand on?" is answered.
     */
    private static final Map<String, Set<String>> STANDS_ON = Map.ofEntries(
            Map.entry("config", Set.of("host", "stun", "linux.ip")),
            Map.entry("host", Set.of("linux.libc")),
            Map.entry("web", Set.of("config", "recovery", "linux.ip")),
            Map.entry("cli", Set.of("config", "host")),
            Map.entry("recovery", Set.of("uplink", "linux.ip")),
            Map.entry("loop", Set.of("linux")),
            Map.entry("echo", Set.of("loop", "linux")),
            Map.entry("nft", Set.of()),
            Map.entry("flow", Set.of("nft", "uplink", "loop", "linux")),
            Map.entry(
                    "portmap",
                    Set.of(
                            "portmap.gateway",
                            "portmap.pcp",
                            "portmap.natpmp",
                            "portmap.upnp",
                            "uplink",
                            "loop",
                            "linux")),
            Map.entry("portmap.upnp", Set.of("portmap.gateway", "linux.ip")),
            Map.entry("portmap.gateway", Set.of("linux.ip")),
            Map.entry("portmap.pcp", Set.of("portmap.gateway", "linux.ip")),
            Map.entry("portmap.natpmp", Set.of("portmap.gateway", "linux.ip")),
            Map.entry("uplink", Set.of("linux.ip")),
            Map.entry("hooks", Set.of("linux")),
            Map.entry("tcp", Set.of("nft", "uplink", "loop", "linux")),
            Map.entry("names", Set.of("loop", "linux")),
            Map.entry("lookout", Set.of("sentinel", "stun", "names", "uplink", "loop", "linux")),
            Map.entry("sentinel", Set.of("uplink", "linux.ip")),
            Map.entry("netcheck", Set.of("stun", "portmap", "portmap.gateway", "uplink", "loop", "linux")),
            Map.entry("network", Set.of("uplink", "loop", "recovery", "linux")),
            Map.entry("steer", Set.of("network", "uplink", "loop", "linux")),
            Map.entry("stun", Set.of("loop", "linux")),
            Map.entry("record", Set.of("linux")),
            Map.entry("ledger", Set.of("host", "record", "linux")),
            Map.entry("journal", Set.of("host", "record", "recovery", "linux")),
            Map.entry("tunnel.wireguard", Set.of("host", "loop", "linux")),
            Map.entry("tunnel.tailscale", Set.of("linux.ip")),
            Map.entry("tunnel.tailscale.see", Set.of("tunnel.tailscale", "host", "loop", "linux")),
            Map.entry("tunnel.tailscale.act", Set.of("tunnel.tailscale", "recovery")),
            Map.entry("tunnel.wireguard.see", Set.of("tunnel.wireguard", "recovery", "loop", "linux")),
            Map.entry("tunnel.wireguard.act", Set.of("tunnel.wireguard", "recovery", "ledger", "loop", "linux")));

    @Test
    void everyArrowPointsDown() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass from : CLASSES) {
            String lower = name(from);
            if (lower.isEmpty() || within(lower, "linux")) {
                continue;
            }
            Set<String> allowed = STANDS_ON.get(lower);
            if (allowed == null) {
                wrong.add("package " + lower + " is not in the table");
                continue;
            }
            from.getDirectDependenciesFromSelf().stream()
                    .filter(d -> d.getTargetClass().getPackageName().startsWith(ROOT))
                    .filter(d -> !name(d.getTargetClass()).equals(lower))
                    .filter(d -> allowed.stream().noneMatch(a -> within(name(d.getTargetClass()), a)))
                    .forEach(d -> wrong.add(lower + " does not stand on " + d.getDescription()));
        }
        assertEquals(Set.of(), wrong);
    }

    @Test
    void theTableItselfHasNoWayFromSeeToActOrBack() {
        STANDS_ON.forEach((name, below) -> {
            if (name.endsWith(".see") || name.endsWith(".act")) {
                assertTrue(below.stream().noneMatch(b -> b.endsWith(".see") || b.endsWith(".act")), name);
            }
        });
    }

    @Test
    void nativeKnowsNothingOfTheAgent() {
        noClasses()
                .that()
                .resideInAPackage("dev.reroam.linux..")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.reroam..").and(not(resideInAPackage("dev.reroam.linux.."))))
                .check(CLASSES);
    }

    @Test
    void nobodyKnowsTheOneWhoWiresEverything() {
        noClasses()
                .that(not(resideInAPackage(ROOT)))
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT))
                .check(CLASSES);
    }

    @Test
    void packagesFormNoCircles() {
        slices().matching("dev.reroam.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void theBrainKnowsOnlyRecords() {
        noClasses()
                .that()
                .resideInAPackage("dev.reroam.recovery..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("io.netty..", "java.io..", "java.net..", "java.nio..", "org.tinylog..")
                                .or(resideInAPackage("java.util.concurrent..")
                                        .and(not(type(java.util.concurrent.TimeUnit.class))))
                                .or(type(java.util.Random.class))
                                .or(type(Thread.class)))
                .because("it is replayed and simulated: no input, no output, no clock, no chance")
                .check(CLASSES);
    }

    @Test
    void onlyLibcCallsLibc() {
        noClasses()
                .that(not(resideInAPackage("dev.reroam.linux.libc")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("jnr..", "com.kenai.."))
                .check(CLASSES);
    }

    @ParameterizedTest(name = "nothing of {0}: {1}")
    @CsvSource({
        "java.awt.., java.desktop is not in the runtime image",
        "javax.swing.., java.desktop is not in the runtime image",
        "java.beans.., java.desktop is not in the runtime image",
        "java.sql.., java.sql is not in the runtime image and would bring java.xml with it",
        "java.rmi.., java.rmi is not in the runtime image",
        "javax.naming.., java.naming is not in the runtime image; names are asked per uplink",
        "java.net.http.., java.net.http is not in the runtime image; Netty speaks HTTP here",
        "com.sun.., it is nobody's API",
        "sun.., it is nobody's API",
        "java.util.logging.., there is one log",
        "org.slf4j.., there is one log",
        "com.google.common.., Guava is a test's dependency",
    })
    void reachesForNothingThatIsNotShipped(String packages, String reason) {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage(packages)
                .because(reason)
                .check(CLASSES);
    }

    @Test
    void bindsNoJsonByReflection() {
        noClasses()
                .should()
                .dependOnClassesThat(HasName.Predicates.nameMatching("com\\.google\\.gson\\.Gson(Builder)?"))
                .because("reflection over foreign types loads slowly, and hides what the outside relies on")
                .check(CLASSES);
    }

    @Test
    void nothingIsSynchronizedOrLocked() throws IOException {
        noMethods().should().haveModifier(JavaModifier.SYNCHRONIZED).check(CLASSES);
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.concurrent.locks..")
                .because("one loop thread owns all state")
                .check(CLASSES);
        List<String> monitors = new ArrayList<>();
        for (JavaClass one : CLASSES) {
            monitors.addAll(monitors(one));
        }
        assertEquals(List.of(), monitors);
    }

    @Test
    void findsASynchronizedBlock() throws IOException {
        JavaClass guilty = new ClassFileImporter().importClass(Guilty.class);
        assertEquals(List.of("dev.reroam.HouseTest$Guilty.block"), monitors(guilty));
    }

    @Test
    void looksAtTheWholeHouse() {
        Set<String> seen = new TreeSet<>();
        CLASSES.forEach(c -> seen.add(name(c)));
        assertTrue(
                seen.containsAll(Set.of("", "cli", "web", "recovery", "linux.libc", "linux.netlink")), () -> "" + seen);
    }

    /** What the next test must find. */
    static final class Guilty {
        private final Object lock = new Object();
        private int count;

        void block() {
            synchronized (lock) {
                count++;
            }
        }

        int count() {
            return count;
        }
    }

    /** A block of {@code synchronized} leaves no mark on its method, only in the code. */
    private static List<String> monitors(JavaClass one) throws IOException {
        List<String> found = new ArrayList<>();
        try (var in = one.getSource().orElseThrow().getUri().toURL().openStream()) {
            new ClassReader(in)
                    .accept(
                            new ClassVisitor(Opcodes.ASM9) {
                                @Override
                                public MethodVisitor visitMethod(
                                        int access, String name, String type, String signature, String[] thrown) {
                                    return new MethodVisitor(Opcodes.ASM9) {
                                        @Override
                                        public void visitInsn(int opcode) {
                                            if (opcode == Opcodes.MONITORENTER) {
                                                found.add(one.getName() + "." + name);
                                            }
                                        }
                                    };
                                }
                            },
                            ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        }
        return found;
    }

    /** The package without the root: {@code tunnel.wireguard}; empty for the root itself. */
    private static String name(JavaClass one) {
        String name = one.getPackageName();
        return name.equals(ROOT) ? "" : name.substring(ROOT.length() + 1);
    }

    private static boolean within(String name, String whole) {
        return name.equals(whole) || (whole.equals("linux") && name.startsWith("linux."));
    }
}
