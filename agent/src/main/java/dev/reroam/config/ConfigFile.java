package dev.reroam.config;

import dev.reroam.config.ConfigProblem.Kind;
import dev.reroam.host.FileReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The configuration file on disk. Blocks; called once, before anything is started. */
public final class ConfigFile {

    /** Where the file is when nobody says otherwise. */
    public static final Path USUAL = Path.of("/etc/reroam/reroam.toml");

    /** Far above any real file (a thousand probes are 80 KiB), far below what hurts a small heap. */
    private static final int LARGEST_BYTES = 256 * 1024;

    private ConfigFile() {}

    /**
     * Reads the configuration.
     *
     * @param named what {@code --config} names; it must be there. Without it the usual file is read where there is one
     * @throws BadConfigException with everything that is wrong
     */
    public static Config load(Optional<Path> named) throws BadConfigException {
        return load(named, USUAL);
    }

    static Config load(Optional<Path> named, Path usual) throws BadConfigException {
        if (named.isEmpty() && Files.notExists(usual)) {
            return Config.DEFAULT;
        }
        Path file = named.orElse(usual);
        return ConfigParser.parse(file, text(file));
    }

    private static String text(Path file) throws BadConfigException {
        if (Files.isDirectory(file)) {
            throw whole(file, Kind.NOT_A_FILE, "is a directory, not a file");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw whole(file, Kind.NOT_A_FILE, "is not a regular file");
        }
        byte[] bytes;
        try (var in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LARGEST_BYTES + 1);
        } catch (NoSuchFileException e) {
            throw whole(file, Kind.MISSING_FILE, "no such file");
        } catch (IOException e) {
            throw whole(file, Kind.UNREADABLE, "cannot be read: " + reason(file, e));
        }
        if (bytes.length > LARGEST_BYTES) {
            throw whole(file, Kind.TOO_LARGE, "is larger than " + LARGEST_BYTES + " bytes");
        }
        return decoded(file, bytes);
    }

    private static String decoded(Path file, byte[] bytes) throws BadConfigException {
        var in = ByteBuffer.wrap(bytes);
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(in).toString();
            // Windows editors put a byte order mark in front; TOML 1.1 has it ignored, the library does not.
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            // The decoder stops before the first byte that it cannot take.
            int line = 1;
            int column = 1;
            for (int i = 0; i < in.position(); i++) {
                column = bytes[i] == '\n' ? 1 : column + 1;
                line += bytes[i] == '\n' ? 1 : 0;
            }
            throw new BadConfigException(
                    file, List.of(new ConfigProblem(line, column, Kind.NOT_UTF8, "is not UTF-8 text")));
        }
    }

    private static BadConfigException whole(Path file, Kind kind, String message) {
        return new BadConfigException(file, List.of(new ConfigProblem(0, 0, kind, message)));
    }

    /** The system's words without the path, which stands in front anyway. */
    private static String reason(Path file, IOException e) {
        String text = FileReason.of(e);
        return text.startsWith(file + ": ") ? text.substring(file.toString().length() + 2) : text;
    }
}
