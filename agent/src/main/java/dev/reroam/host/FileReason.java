package dev.reroam.host;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why a file could not be used, for people. Stateless. */
public final class FileReason {

    private FileReason() {}

    /** The file and the reason: for the commonest ones {@code java.nio.file} gives the file alone. */
    public static String of(IOException refusal) {
        String message = refusal.getMessage() == null ? refusal.getClass().getSimpleName() : refusal.getMessage();
        return refusal instanceof FileSystemException file && file.getReason() == null
                ? message + ": " + reason(file)
                : message;
    }

    private static String reason(FileSystemException refusal) {
        return switch (refusal) {
            case AccessDeniedException denied -> "permission denied";
            case NoSuchFileException missing -> "no such file";
            case FileAlreadyExistsException there -> "is there already";
            default -> refusal.getClass().getSimpleName();
        };
    }
}
