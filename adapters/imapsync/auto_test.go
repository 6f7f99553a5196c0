package imapsync

import "testing"

// D4-13: machine mail has two tiers, and hard is looked for first.
func TestAuto(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]Auto{
		"From: ada@example.com":                                                                              "",
		"From: ada@example.com\nAuto-Submitted: no":                                                          "",
		"From: ada@example.com\nX-Auto-Response-Suppress: None":                                              "",
		"From: ada@example.com\nPrecedence: first-class":                                                     "",
		"From: ada@example.com\nReturn-Path: <ada@example.com>":                                              "",
		"From: reply@example.com":                                                                            "",
		"From: MAILER-DAEMON@example.com":                                                                    Hard,
		"From: Postmaster <postmaster@example.com>":                                                          Hard,
		"From: ada@example.com\nReturn-Path: <>":                                                             Hard,
		"From: ada@example.com\nAuto-Submitted: Auto-Generated":                                              Hard,
		"From: ada@example.com\nAuto-Submitted: auto-generated; owner-email=x":                               Hard,
		"From: ada@example.com\nContent-Type: multipart/report; report-type=delivery-status; boundary=x":     Hard,
		"From: ada@example.com\nContent-Type: multipart/report; report-type=\"Delivery-Status\"; boundary=x": Hard,
		"From: mailer-daemon@example.com\nAuto-Submitted: auto-replied\nPrecedence: bulk":                    Hard,
		"From: ada@example.com\nAuto-Submitted: auto-replied":                                                Soft,
		"From: ada@example.com\nAuto-Submitted: auto-notified":                                               Soft,
		"From: ada@example.com\nContent-Type: multipart/report; report-type=disposition-notification":        Soft,
		"From: ada@example.com\nList-Id: News <news.example.com>":                                            Soft,
		"From: ada@example.com\nList-Unsubscribe: <mailto:x@example.com>":                                    Soft,
		"From: ada@example.com\nPrecedence: Bulk":                                                            Soft,
		"From: ada@example.com\nPrecedence: list":                                                            Soft,
		"From: ada@example.com\nX-Auto-Response-Suppress: OOF, DR":                                           Soft,
		"From: no-reply@example.com":                                                                         Soft,
		"From: NoReply+42@example.com":                                                                       Soft,
		"From: shop.do_not_reply@example.com":                                                                Soft,
	} {
		m := read(t, raw+"\n")
		if m.Auto != want || (want == "") != (m.AutoBy == "") {
			t.Errorf("%q is %q by %q", raw, m.Auto, m.AutoBy)
		}
	}
	if m := read(t, "From: ada@example.com\nList-Id: News of <the> week <news.example.com>\n"); m.List != "news.example.com" {
		t.Errorf("list %q", m.List)
	}
}
