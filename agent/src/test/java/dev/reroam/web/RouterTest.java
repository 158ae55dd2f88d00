package dev.reroam.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouterTest {

    private final FakeApi api = new FakeApi();
    private final Router router = new Router(api);

    @ParameterizedTest(name = "{0} {1} gets {2}")
    @CsvSource({
        "GET, /api/v1/status, 200",
        "GET, /api/v1/incidents, 200",
        "GET, /api/v1/incidents/7, 200",
        "GET, /api/v1/incidents/8, 404",
        "GET, /api/v1/incidents/, 404",
        "GET, /api/v1/incidents/-7, 404",
        "GET, /api/v1/incidents/7/8, 404",
        "GET, /api/v1/incidents/99999999999999999999, 404",
        "GET, /api/v1/explain, 200",
        "GET, /api/v1/explain?tunnel=wg0, 200",
        "GET, /api/v1/explain?tunnel=wg0%2FAbCd, 200",
        "GET, /api/v1/explain?tunnel=wg9, 404",
        "GET, /api/v1/explain?tunel=wg0, 400",
        "GET, /api/v1/status?x=1, 400",
        "GET, /api/v1/explain?tunnel=%zz, 400",
        "POST, /api/v1/recover, 200",
        "POST, /api/v1/recover?tunnel=wg0, 200",
        "POST, /api/v1/recover?tunnel=wg9, 404",
        "POST, /api/v1/recover?tunnel=wg-observed, 409",
        "GET, /api/v1/recover, 405",
        "POST, /api/v1/status, 405",
        "DELETE, /api/v1/incidents/7, 405",
        "HEAD, /api/v1/events, 405",
        "GET, /, 404",
        "GET, '', 404",
        "GET, /api/v1/, 404",
        "GET, /api/v1/status/, 404",
        "GET, /api/v2/status, 404",
        "GET, /api/v1/../v1/status, 404",
        "BREW, /coffee, 404",
    })
    void answersEveryRequestWithItsCode(String method, String uri, int code) {
        var document = assertInstanceOf(Answer.Document.class, router.answer(method, uri));
        assertEquals(code, document.code(), document.json());
        JsonObject json = JsonParser.parseString(document.json()).getAsJsonObject();
        assertEquals(code != 200, json.has("error"));
        assertEquals(code == 405, document.allow().isPresent());
    }

    @Test
    void namesTheMethodThatWouldHaveBeenRight() {
        var document = assertInstanceOf(Answer.Document.class, router.answer("GET", "/api/v1/recover"));
        assertEquals(Optional.of("POST"), document.allow());
        assertEquals(0, api.recoveries());
    }

    @Test
    void streamsEvents() {
        assertInstanceOf(Answer.Events.class, router.answer("GET", "/api/v1/events"));
    }

    @Test
    void answersWhateverIsAskedWithJsonAndChangesNothingByReading() {
        long seed = Long.getLong("seed", 20260102L);
        var random = new Random(seed);
        String[] parts = {
            "/",
            "api",
            "/api/v1/",
            "status",
            "incidents/",
            "7",
            "explain",
            "recover",
            "events",
            "?",
            "&",
            "=",
            "tunnel=",
            "%",
            "%00",
            "%2f",
            "%u",
            "..",
            ";",
            "#",
            "\u0000",
            "é",
            "\ud800",
            "wg0",
            "+",
            " ",
            "//"
        };
        for (int i = 0; i < 20_000; i++) {
            var uri = new StringBuilder(random.nextBoolean() ? "/api/v1/" : "");
            for (int n = random.nextInt(8); n > 0; n--) {
                uri.append(parts[random.nextInt(parts.length)]);
            }
            try {
                if (router.answer("GET", uri.toString()) instanceof Answer.Document document) {
                    assertTrue(JsonParser.parseString(document.json()).isJsonObject());
                }
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + uri, e);
            }
        }
        assertEquals(0, api.recoveries());
    }
}
