package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher of a checkout, on machines of its own: without a JDK, with an empty PATH, no sbin and no services. */
@Timeout(60)
class LauncherTest {

    private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();

    /** What the launcher itself may use on any machine. */
    private static final List<String> TOOLS = List.of(
            "bash",
            "sh",
            "env",
            "readlink",
            "dirname",
            "sed",
            "find",
            "mkdir",
            "flock",
            "cat",
            "touch",
            "mv",
            "mktemp",
            "tail",
            "id",
            "sort",
            "rm",
            "chmod",
            "ln",
            "cp",
            "sleep",
            "true");

    @TempDir
    Path folder;

    private Path checkout;
    private Path path;

    /** What a run of the launcher gave. */
    private record Ran(int code, String out, String err) {
        List<String> words() {
            return out.lines().toList();
        }
    }

    @BeforeEach
    void makesACheckoutThatIsBuiltAndAMachineWithoutJava() throws IOException {
        checkout = Files.createDirectories(folder.resolve("a checkout"));
        Files.copy(CHECKOUT.resolve("reroam"), checkout.resolve("reroam"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.copy(CHECKOUT.resolve("pom.xml"), checkout.resolve("pom.xml"));
        Files.createDirectories(checkout.resolve("agent/src"));
        Files.writeString(checkout.resolve("agent/pom.xml"), "");
        Path build = Files.createDirectories(checkout.resolve("target/build-1"));
        Files.writeString(build.resolve("agent.classpath"), build + "/agent-1.jar:" + build + "/b.jar");
        Files.writeString(build.resolve("built"), "");
        Files.createSymbolicLink(checkout.resolve("target/build"), Path.of("build-1"));
        path = Files.createDirectories(folder.resolve("bin"));
        for (String tool : TOOLS) {
            Path real = Stream.of("/usr/bin", "/bin", "/usr/sbin", "/sbin")
                    .map(f -> Path.of(f, tool))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseThrow();
            // No links: JUnit warns of each that leads out of the folder it removes.
            script("bin/" + tool, "exec " + real + " \"$@\"");
        }
    }

    @Test
    void saysExactlyWhatIsMissingWhereThereIsNoJdk() throws Exception {
        Ran ran = launch(Map.of(), "status");
        assertEquals(1, ran.code());
        assertEquals(
                "reroam: no JDK >= 21 in JAVA_HOME, on the PATH or below /usr/lib/jvm, and none to install by apt"
                        + " (newest there: none); install one, Temurin or OpenJDK, and set JAVA_HOME\n",
                ran.err());
    }

    @Test
    void takesNoJdkThatIsTooOld() throws Exception {
        script("bin/apt-cache", "echo 'openjdk-17-jdk-headless - JDK'");
        Ran ran = launch(Map.of("JAVA_HOME", jdk("old", "17.0.9").toString()), "status");
        assertEquals(1, ran.code());
        assertTrue(ran.err().contains("no JDK >= 21"), ran.err());
        assertTrue(ran.err().contains("(newest there: 17)"), ran.err());
    }

    @Test
    void installsTheNewestThatAptOffers() throws Exception {
        script(
                "bin/apt-cache",
                "printf '%s\\n' 'openjdk-17-jdk-headless - a' 'openjdk-25-jdk-headless - b'"
                        + " 'openjdk-21-jdk-headless - c'");
        Path brought = jdk("brought", "25.0.1");
        script(
                "bin/apt-get",
                "echo \"$*\" >>" + folder + "/apt.log;" + " mkdir -p /usr/lib/jvm/new/bin; ln -s " + brought
                        + "/bin/* /usr/lib/jvm/new/bin/");
        Ran ran = launch(Map.of(), "status", "--json");
        assertEquals(0, ran.code(), ran.err());
        assertTrue(ran.words().containsAll(List.of("dev.reroam.Main", "status", "--json")), ran.out());
        assertEquals(
                "install -y --no-install-recommends openjdk-25-jdk-headless\n",
                Files.readString(folder.resolve("apt.log")));
    }

    @Test
    void runsTheAgentWithTheShippedFlagsAndTellsThemToThoseWhoStartMore() throws Exception {
        Ran ran = launch(Map.of("JAVA_HOME", jdk("new", "21.0.2").toString()), "explain", "wg0 and more");
        assertEquals(0, ran.code(), ran.err());
        List<String> words = ran.words();
        assertTrue(words.contains("-Xmx24m"), ran.out());
        assertTrue(words.contains("wg0 and more"), ran.out());
        assertFalse(ran.out().contains("--sun-misc-unsafe-memory-access"), "JDK 21 does not know it");
        String told = words.stream()
                .filter(w -> w.startsWith("-Dreroam.flags="))
                .findFirst()
                .orElseThrow();
        List<String> flags = List.of(told.substring("-Dreroam.flags=".length()).split(" "));
        assertEquals(words.subList(0, flags.size()), flags);
        String classPath = words.get(words.indexOf("-cp") + 1);
        Path build = checkout.resolve("target/build-1");
        assertEquals(build + "/agent-1.jar:" + build + "/b.jar", classPath);
        assertTrue(words.contains("-XX:SharedArchiveFile=" + build + "/agent.jsa"), ran.out());
    }

    @Test
    void keepsANewJvmQuietAboutWhatNettyDoes() throws Exception {
        Ran ran = launch(Map.of("JAVA_HOME", jdk("new", "25").toString()), "--version");
        assertTrue(ran.words().contains("--sun-misc-unsafe-memory-access=allow"), ran.out());
    }

    @Test
    void givesTheJvmFileNamesInUtf8WhateverTheLocale() throws Exception {
        String home = jdk("new", "25").toString();
        script("new/bin/java", "echo \"${LC_ALL:-$LANG}\"");
        assertEquals("C.UTF-8\n", launch(Map.of("JAVA_HOME", home), "check").out());
        assertEquals(
                "C.UTF-8\n",
                launch(Map.of("JAVA_HOME", home, "LANG", "C"), "check").out());
        assertEquals(
                "el_GR.utf8\n",
                launch(Map.of("JAVA_HOME", home, "LANG", "el_GR.utf8"), "check").out());
    }

    @Test
    void worksThroughALinkFromAnywhere() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), checkout.resolve("reroam"));
        Ran ran = launch(link, Map.of("JAVA_HOME", jdk("new", "21").toString()), List.of(), "--version");
        assertEquals(0, ran.code(), ran.err());
        assertTrue(ran.out().contains("--version"), ran.out());
    }

    @Test
    void buildsAgainWhenASourceIsNewerAndSaysWhyThatFailed() throws Exception {
        script("bin/mvn", "echo \"the compiler's words\"; exit 1");
        grows("build-1");
        Ran ran = launch(Map.of("JAVA_HOME", jdk("new", "21").toString()), "--version");
        assertEquals(1, ran.code());
        assertEquals(
                List.of("reroam: building", "the compiler's words", "reroam: the build failed (target/build.log)"),
                ran.err().lines().toList());
    }

    /** A JVM loads classes for as long as it runs: what they are in may neither change nor go. */
    @Test
    void buildsBesideAProgramThatRunsAndRemovesWhatNobodyUses() throws Exception {
        String version =
                Files.readString(checkout.resolve("pom.xml")).replaceAll("(?s).*?<version>(.*?)</version>.*", "$1");
        script(
                "bin/mvn",
                "mkdir -p agent/target; echo new >agent/target/agent-" + version + ".jar; echo other >" + folder
                        + "/other.jar; echo " + folder + "/other.jar >agent/target/classpath");
        var home = Map.of("JAVA_HOME", jdk("new", "21").toString());
        script("new/bin/java", "case \"$*\" in *'Main run') echo runs; read -r stop;; *) printf '%s\\n' \"$@\";; esac");
        var running = start(checkout.resolve("reroam"), home, List.of(), "run");
        assertEquals("runs", running.inputReader().readLine());

        grows("build-1");
        Ran built = launch(home, "status");
        assertEquals(0, built.code(), built.err());
        Path second = checkout.resolve("target/build").toRealPath();
        assertEquals(
                second + "/agent-" + version + ".jar:" + second + "/other.jar",
                built.words().get(built.words().indexOf("-cp") + 1));
        assertEquals("new\n", Files.readString(second.resolve("agent-" + version + ".jar")));
        assertTrue(Files.exists(checkout.resolve("target/build-1/agent.classpath")), "taken from under the agent");

        running.getOutputStream().close();
        running.waitFor();
        grows(second.getFileName().toString());
        assertEquals(0, launch(home, "status").code());
        assertFalse(Files.exists(checkout.resolve("target/build-1")), "nobody uses it");
        assertFalse(Files.exists(second), "nobody uses it");
    }

    /** As a member of the socket's group in somebody else's checkout. */
    @Test
    void usesWhatIsBuiltWhereItMayNotBuild() throws Exception {
        grows("build-1");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        String home = jdk("new", "21").toString();
        for (String word : List.of("status", "watch", "explain", "recover", "--version")) {
            Ran ran = launch(
                    checkout.resolve("reroam"),
                    Map.of("JAVA_HOME", home),
                    List.of("setpriv", "--reuid", "65534", "--clear-groups"),
                    word);
            assertEquals(0, ran.code(), ran.err());
            assertEquals(word, ran.words().getLast());
        }
    }

    /** A source is newer than this build. */
    private void grows(String build) throws IOException {
        Files.setLastModifiedTime(
                checkout.resolve("target").resolve(build).resolve("built"),
                java.nio.file.attribute.FileTime.fromMillis(1_000));
    }

    /** Debian starts what it installs, and some packages ask questions first. */
    @Test
    void installsTheLabsProgramsWithoutServicesAndQuestions() throws Exception {
        for (String there : List.of(
                "ip", "wireguard-go", "wg", "iptables", "nft", "conntrack", "ping", "setpriv", "strace", "upnpc")) {
            script("bin/" + there, "");
        }
        String units = "cd /etc/systemd/system && find . -type l";
        script(
                "bin/apt-get",
                "echo \"$DEBIAN_FRONTEND $*\" >>" + folder + "/apt.log; (" + units + ") >>" + folder + "/apt.log");
        script("bin/deb-systemd-helper", "echo \"$*\" >>" + folder + "/apt.log");
        Path home = jdk("new", "25");
        script("new/bin/java", units + "; echo started");
        Files.writeString(checkout.resolve("target/build-1/tests.classpath"), "/a.jar");
        Ran ran = launch(Map.of("JAVA_HOME", home.toString()), "demo");
        assertEquals("started\n", ran.out(), ran.err());
        String apt = "noninteractive install -y --no-install-recommends ";
        assertEquals(
                apt + "coturn\n./coturn.service\ndisable coturn.service\n" + apt + "miniupnpd-nftables\n" + apt
                        + "natpmpc\n" + apt + "tayga\n./tayga.service\ndisable tayga.service\n",
                Files.readString(folder.resolve("apt.log")));
    }

    @Test
    void refusesATestOptionThatIsNone() throws Exception {
        Ran ran = launch(Map.of("JAVA_HOME", jdk("new", "21").toString()), "test", "--everything");
        assertEquals(2, ran.code());
        assertTrue(ran.err().contains("'test' has no option '--everything'"), ran.err());
    }

    /** A JDK that prints what it is told to run. */
    private Path jdk(String name, String version) throws IOException {
        script(name + "/bin/javac", "echo 'javac " + version + "'");
        script(name + "/bin/java", "printf '%s\\n' \"$@\"");
        return folder.resolve(name);
    }

    private void script(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Ran launch(Map<String, String> environment, String... words) throws Exception {
        return launch(checkout.resolve("reroam"), environment, List.of(), words);
    }

    private Ran launch(Path launcher, Map<String, String> environment, List<String> before, String... words)
            throws Exception {
        var process = start(launcher, environment, before, words);
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), out, Files.readString(folder.resolve("err")));
    }

    private Process start(Path launcher, Map<String, String> environment, List<String> before, String... words)
            throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "for there in /usr/lib/jvm /usr/sbin /etc/systemd/system; do"
                        + " if [ -d $there ]; then mount -t tmpfs tmpfs $there; fi; done && exec \"$@\"",
                "sh"));
        command.addAll(before);
        command.addAll(List.of("env", "-i", "PATH=" + path));
        environment.forEach((name, value) -> command.add(name + "=" + value));
        command.add(launcher.toString());
        command.addAll(Arrays.asList(words));
        return new ProcessBuilder(command)
                .redirectError(folder.resolve("err").toFile())
                .start();
    }
}
