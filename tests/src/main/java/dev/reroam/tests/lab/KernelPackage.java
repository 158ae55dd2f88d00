package dev.reroam.tests.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * The package of Debian's newest kernel for this release, as apt knows it. Downloaded and unpacked, never installed.
 * Immutable.
 *
 * @param name the package with the kernel in it, such as {@code linux-image-6.1.0-56-amd64}
 * @param version its Debian version
 */
record KernelPackage(String name, String version) {

    /** Always depends on the package of the newest kernel; the one for clouds has neither 9p nor ppp. */
    private static final String NEWEST = "linux-image-amd64";

    private static final HostProgram APT_CACHE = new HostProgram("apt-cache", "apt");
    private static final HostProgram APT_GET = new HostProgram("apt-get", "apt");
    private static final HostProgram DPKG = new HostProgram("dpkg", "dpkg");
    private static final HostProgram DEPMOD = new HostProgram("depmod", "kmod");

    private static final Pattern DEPENDENCY = Pattern.compile("^ *Depends: (linux-image-\\S+)$", Pattern.MULTILINE);
    private static final Pattern VERSION = Pattern.compile("^Version: (\\S+)$", Pattern.MULTILINE);

    private static final Duration LOCAL = Duration.ofMinutes(2);
    /** Some 70 MB over a slow line. */
    private static final Duration DOWNLOAD = Duration.ofMinutes(15);

    /** The newest one that apt offers. @throws IOException where apt knows none */
    static KernelPackage newest() throws IOException, InterruptedException {
        var here = Path.of("/");
        var name = first(DEPENDENCY, APT_CACHE.run(here, LOCAL, "depends", NEWEST), NEWEST);
        return new KernelPackage(
                name, first(VERSION, APT_CACHE.run(here, LOCAL, "show", "--no-all-versions", name), name));
    }

    private static String first(Pattern pattern, String text, String asked) throws IOException {
        var matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException("apt does not know " + asked + " (Debian amd64 only; try apt-get update)");
        }
        return matcher.group(1);
    }

    /**
     * Downloads the package and unpacks it into an empty directory.
     *
     * @return the directory of its modules, with a {@code modules.dep}
     */
    Path unpackInto(Path directory) throws IOException, InterruptedException {
        // As root apt would drop its privileges and then not be able to write here.
        APT_GET.run(
                directory,
                DOWNLOAD,
                "--quiet",
                "--option=APT::Sandbox::User=root",
                "--option=Acquire::Retries=3",
                "download",
                name + "=" + version);
        Path archive;
        try (var files = Files.newDirectoryStream(directory, name + "_*.deb")) {
            archive = files.iterator().next();
        }
        DPKG.run(directory, LOCAL, "--extract", archive.toString(), directory.toString());
        Files.delete(archive);
        if (Files.isDirectory(directory.resolve("usr/lib/modules"))) {
            // From Debian 13 on; depmod asks for either place.
            Files.createSymbolicLink(directory.resolve("lib"), Path.of("usr/lib"));
        }
        DEPMOD.run(directory, LOCAL, "--basedir", directory.toString(), release());
        return directory.resolve("lib/modules").resolve(release());
    }

    /** The kernel's own name for itself, as in {@code uname -r}. */
    String release() {
        return name.substring("linux-image-".length());
    }
}
