package imapsync

import (
	"mime"
	"strings"
)

// Auto says whether a machine wrote a mail of its own accord.
type Auto string

// The tiers of machine mail (D4-13). "" is mail from people.
const (
	// Hard is mail about mail, or from a machine that says so: no contact comes
	// of it and nothing is triggered.
	Hard Auto = "hard"
	// Soft is mail that may well be wanted: answers of absent people, lists,
	// news. A setting decides.
	Soft Auto = "soft"
)

// automatic finds the tier of a mail, and the header it is known by. Hard comes
// first: real reports of failed delivery may call themselves replies.
func automatic(h header, from string) (Auto, string) {
	local, _, _ := strings.Cut(from, "@")
	kind, params, _ := mime.ParseMediaType(h.text("content-type"))
	submitted, _, _ := strings.Cut(strings.ToLower(h.text("auto-submitted")), ";") // RFC 3834 §5
	submitted = strings.TrimSpace(submitted)
	switch {
	case kind == "multipart/report" && strings.EqualFold(params["report-type"], "delivery-status"): // RFC 3464 §2
		return Hard, "Content-Type: delivery-status"
	case h.text("return-path") == "<>": // RFC 5321 §4.5.5
		return Hard, "Return-Path: <>"
	case local == "mailer-daemon" || local == "postmaster":
		return Hard, "From: " + local
	case submitted == "auto-generated":
		return Hard, "Auto-Submitted: auto-generated"
	case submitted != "" && submitted != "no":
		return Soft, "Auto-Submitted: " + clean(submitted, 40)
	case kind == "multipart/report": // read receipts, RFC 8098
		return Soft, "Content-Type: multipart/report"
	}
	for _, f := range h {
		value := strings.ToLower(clean(f.value, 40))
		switch {
		case strings.HasPrefix(f.name, "list-"): // RFC 2369, RFC 2919
			return Soft, f.name
		case f.name == "precedence" && (value == "bulk" || value == "list" || value == "junk" || value == "auto_reply"):
			return Soft, "Precedence: " + value
		case f.name == "x-auto-response-suppress" && value != "" && value != "none":
			return Soft, "X-Auto-Response-Suppress: " + value
		}
	}
	if unanswered(local) {
		return Soft, "From: " + clean(local, 64)
	}
	return "", ""
}

// unanswered reports whether a local part says that nobody reads answers:
// noreply, no-reply-42, shop.do_not_reply.
func unanswered(local string) bool {
	plain := strings.NewReplacer("-", "", "_", "", ".", "").Replace(local)
	return strings.Contains(plain, "noreply") || strings.Contains(plain, "donotreply")
}
