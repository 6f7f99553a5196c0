package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"skein/domain/contact"
)

// A contact is met by messages on a channel, with the profile's name and image (C2-8),
// and what is said and done with everybody it consists of is one history (C2-12, C2-63
// to C2-66).
func TestMessages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const channels = "/v1/spaces/{space}/channels"
	w.want(http.StatusNoContent, w.ask("POST", channels, `{"key":"whatsapp","name":"WhatsApp","identities":"phone"}`))
	w.want(http.StatusNoContent, w.ask("POST", channels, `{"key":"whatsapp","name":"WhatsApp","identities":"phone"}`))
	w.want(http.StatusConflict, w.ask("POST", channels, `{"key":"whatsapp","identities":"email"}`))
	if all := w.want(http.StatusOK, w.ask("GET", channels, "")); all.at("channels", 0, "key") != "email" || all.at("channels", 1, "name") != "WhatsApp" || all.at("channels", 1, "identities") != "phone" {
		t.Errorf("channels: %s", all.text)
	}

	shop := bearing(w.credential("{space}", "agent").at("token"))
	bring := func(status int, body string) reply {
		t.Helper()
		return w.want(status, w.ask("POST", channels+"/whatsapp/inbound", body, shop...))
	}
	first := bring(http.StatusOK, `{"id":"m1","identity":"0049 30 123456","name":"Ada Lovelace","image":"https://example.org/ada.png","text":"Hello.","at":"2026-01-05T09:00:00Z"}`)
	ada := first.at("contact")
	if first.at("created") != "true" || first.at("turned_away") != "false" || first.at("id") != "m1" || first.Header.Get("Journal-Position") == "" {
		t.Errorf("first: %s", first.text)
	}
	if again := bring(http.StatusOK, `{"id":"m1","identity":"+4930123456"}`); again.at("created") != "false" || again.at("contact") != ada {
		t.Errorf("again: %s", again.text)
	}
	one := "/v1/spaces/{space}/contacts/"
	if full := w.want(http.StatusOK, w.ask("GET", one+ada, "")); full.at("name") != "Ada Lovelace" || full.at("fields", "image") != "https://example.org/ada.png" || full.at("fields", "phone") != "+4930123456" {
		t.Errorf("she is %s", full.text)
	}
	lord := bring(http.StatusOK, `{"id":"m2","identity":"+4930123457","text":"Me too.","at":"2026-01-05T10:00:00Z"}`).at("contact")
	w.want(http.StatusNotFound, w.ask("POST", channels+"/fax/inbound", `{"identity":"1"}`, shop...))
	w.want(http.StatusUnprocessableEntity, w.ask("POST", channels+"/whatsapp/inbound", `{"identity":"ada"}`, shop...))

	sent := w.want(http.StatusCreated, w.ask("POST", one+lord+"/messages", `{"channel":"whatsapp","text":"Yes?","at":"2026-01-05T11:00:00Z"}`, shop...))
	comment := w.want(http.StatusCreated, w.ask("POST", one+lord+"/comments", `{"text":"Likes tea."}`, shop...))
	w.want(http.StatusCreated, w.ask("POST", one+ada+"/events", `{"id":"e1","name":"ordered","data":{"tea":"Assam"},"at":"2026-01-05T12:00:00Z"}`, shop...))
	if sent.at("id") == "" || comment.at("id") == "" {
		t.Errorf("without ids: %s %s", sent.text, comment.text)
	}
	w.merge(ada, lord)

	var kinds, whose []string
	next := ""
	for pages := 0; pages == 0 || next != ""; pages++ {
		page := w.want(http.StatusOK, w.ask("GET", one+ada+"/messages?order=oldest&limit=2&kind=message_received,message_sent,commented,event_noted&cursor="+next, "", shop...))
		for i := range 2 {
			if page.at("messages", i) == "nothing" {
				break
			}
			kinds, whose = append(kinds, page.at("messages", i, "kind")), append(whose, page.at("messages", i, "contact"))
		}
		if next = page.at("next"); next == "null" {
			break
		}
	}
	if got := strings.Join(kinds, " "); got != "message_received message_received message_sent event_noted commented" {
		t.Errorf("her history is %s", got)
	}
	if got := strings.Join(whose, " "); got != strings.Join([]string{ada, lord, lord, ada, lord}, " ") {
		t.Errorf("it is of %s", got)
	}
	for _, query := range []string{"?order=x", "?kind=x", "?cursor=x", "?limit=1000"} {
		w.want(http.StatusUnprocessableEntity, w.ask("GET", one+ada+"/messages"+query, ""))
	}
	if moved := w.want(http.StatusPermanentRedirect, w.ask("GET", one+lord+"/messages", "")); moved.at("survivor") != ada {
		t.Errorf("of the absorbed one: %s", moved.text)
	}
	for path, body := range map[string]string{
		"/messages": `{"channel":"whatsapp"}`, "/comments": `{"text":"x"}`, "/events": `{"name":"x"}`,
		"/conversations/whatsapp/open": "", "/conversations/whatsapp/close": `{"reason":"x"}`,
	} {
		if refused := w.want(http.StatusConflict, w.ask("POST", one+lord+path, body, shop...)); refused.at("code") != contact.ErrMerged.Code || refused.at("survivor") != ada {
			t.Errorf("%s of the absorbed one (D1-13): %s", path, refused.text)
		}
	}
	w.want(http.StatusNoContent, w.ask("POST", one+ada+"/conversations/whatsapp/close", `{"reason":"answered"}`, shop...))
	w.want(http.StatusUnprocessableEntity, w.ask("POST", one+ada+"/conversations/whatsapp/close", `{"reason":"merge"}`, shop...))
	w.want(http.StatusNoContent, w.ask("POST", one+ada+"/conversations/whatsapp/open", "", shop...))
	w.want(http.StatusNotFound, w.ask("POST", one+ada+"/conversations/fax/open", "", shop...))
	if all := w.want(http.StatusOK, w.ask("GET", one+ada+"/messages?kind=closed,reopened", "")); all.at("messages", 0, "kind") != "reopened" || all.at("messages", 1, "data", "reason") != "answered" {
		t.Errorf("what became of the conversation: %s", all.text)
	}
}

// Messages of unknown senders wait while the space is full, and are counted (C0-22).
func TestMessagesWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(http.StatusNoContent, w.ask("PUT", "/v1/organizations/{org}/modules/white_label", `{"on":true}`))
	tag := w.want(http.StatusOK, w.ask("GET", "/v1/organizations/{org}/spaces/{space}", "")).Header.Get("ETag")
	w.want(http.StatusNoContent, w.ask("PATCH", "/v1/organizations/{org}/spaces/{space}", `{"contact_limit":{"on":true,"at_most":0}}`, "If-Match", tag))
	for range 2 {
		answer := w.want(http.StatusAccepted, w.ask("POST", "/v1/spaces/{space}/channels/email/inbound", `{"id":"m1","identity":"ada@example.org"}`, "Idempotency-Key", "k"))
		if answer.at("turned_away") != "true" || answer.at("contact") != "null" || answer.Header.Get("Journal-Position") == "" {
			t.Errorf("answered %s", answer.text)
		}
	}
	if seen := w.want(http.StatusOK, w.ask("GET", "/v1/organizations/{org}/spaces/{space}", "")); seen.at("turned_away") != "1" {
		t.Errorf("counted %s", seen.at("turned_away"))
	}
}

// Who is known by something is changed, and who is not is added; two are refused with
// the merge that would make them one, unless the space merges by itself (C1-21), which
// gets into the audit log (C2-80).
func TestIdentify(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const path = "/v1/spaces/{space}/contacts/identify"
	first := w.want(http.StatusOK, w.ask("POST", path, `{"fields":{"email":"us@example.org"},"tags":["vip"]}`, "Idempotency-Key", "k"))
	if again := w.ask("POST", path, `{"fields":{"email":"us@example.org"},"tags":["vip"]}`, "Idempotency-Key", "k"); first.at("created") != "true" || again.text != first.text || first.Header.Get("Location") == "" {
		t.Errorf("answered %s, and then %s", first.text, again.text)
	}
	ada := first.at("id")
	eve := w.contact(`{"external_id":"E"}`)
	both := `{"fields":{"email":"us@example.org","external_id":"E"},"identities":[{"channel":"email","identity":"other@example.org"}]}`
	two := w.want(http.StatusConflict, w.ask("POST", path, both))
	if two.at("code") != "identifiers_of_two" || two.at("survivor") != eve || two.at("absorb") != ada || !strings.HasSuffix(two.at("merge"), eve+"/merge") {
		t.Errorf("two: %s", two.text)
	}
	w.want(http.StatusUnprocessableEntity, w.ask("POST", path, `{"fields":{"first_name":"Ada"}}`))
	w.want(http.StatusNoContent, w.ask("PUT", "/v1/spaces/{space}/auto-merge", `{"on":true}`))
	if on := w.want(http.StatusOK, w.ask("GET", "/v1/spaces/{space}/auto-merge", "")); on.at("on") != "true" {
		t.Errorf("it is %s", on.text)
	}
	one := w.want(http.StatusOK, w.ask("POST", path, both))
	if one.at("id") != eve || one.at("absorbed") != ada || one.at("merge") == "null" {
		t.Errorf("one: %s", one.text)
	}
	if log := w.want(http.StatusOK, w.ask("GET", "/v1/organizations/{org}/audit", "")); !strings.Contains(log.text, `"action":"identifyContact"`) || !strings.Contains(log.text, `"absorbed":"`+ada+`"`) {
		t.Errorf("the audit log has %s", log.text)
	}
}
