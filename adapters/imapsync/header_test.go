package imapsync

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func read(t *testing.T, raw string) Message {
	t.Helper()
	m := Message{Size: int64(len(raw)) + 100}
	m.read([]byte(strings.ReplaceAll(raw, "\n", "\r\n")))
	return m
}

// D4-6: bad lines cost themselves, and no other field.
func TestBadLines(t *testing.T) {
	t.Parallel()
	m := read(t, `From ada@example.com Thu Jan  1 00:00:00 1970
Received: by somebody
	in two lines
this is not a field
Subject : a subject with
 a second line
From: Ada <ada@example.com>
: no name
X Y: a name with a blank
To: bob@example.com,
carol@example.com
To: dave@example.com

From: Eve <eve@example.com>
`)
	want := Message{
		From:    Address{"Ada", "ada@example.com"},
		Subject: "a subject with a second line",
		To:      []Address{{"", "bob@example.com"}, {"", "carol@example.com"}, {"", "dave@example.com"}},
		Problem: "5 lines of the header belong to no field.",
		Size:    m.Size, Hash: m.Hash,
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Error(diff)
	}
}

func TestIndentedFirstLine(t *testing.T) {
	t.Parallel()
	if m := read(t, " From: Ada <ada@example.com>\nSubject: x\n"); m.From.Email != "ada@example.com" || m.Subject != "x" {
		t.Errorf("%+v", m)
	}
}

// D4-6: no charset loses a subject.
func TestCharsets(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"Subject: plain":        "plain",
		"Subject: Grüße":        "Grüße",
		"Subject: Gr\xfc\xdfe":  "Grüße",
		"Subject: price \x80 5": "price € 5",
		"Content-Type: text/plain; charset=koi8-r\nSubject: \xeb\xc9\xd2":  "Кир",
		"Content-Type: text/plain; charset=nonsense\nSubject: Gr\xfc\xdfe": "Grüße",
		"Content-Type: ;;;=\nSubject: Gr\xfc\xdfe":                         "Grüße",
		"Subject: =?utf-8?B?R3LDvMOfZQ==?=":                                "Grüße",
		"Subject: =?utf-8?Q?Gr=C3=BC?=\n =?utf-8?Q?=C3=9Fe?=":              "Grüße",
		"Subject: =?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=":                          "Grüße",
		"Subject: =?nonsense?Q?Gr=FC=DFe?=":                                "Grüße",
		"Subject: =?nonsense?B?R3LDvMOfZQ==?=":                             "Grüße",
		"Subject: =?windows-1252?Q?=80_5?=":                                "€ 5",
		"Subject: =?utf-8?B?!!!?=":                                         "=?utf-8?B?!!!?=",
		"Subject: =?utf-8?X?abc?=":                                         "=?utf-8?X?abc?=",
		"Subject: a\x00b\x1bc\td":                                          "abc d",
		"Subject:":                                                         "",
		"X: y":                                                             "",
	} {
		if got := read(t, raw+"\n").Subject; got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

// D4-11: threading goes by ids, several of them, however they are written.
func TestIDs(t *testing.T) {
	t.Parallel()
	m := read(t, `Message-ID: <one@example.com> (a comment)
In-Reply-To: Your message of Monday <two@example.com>
References: <three@example.com><four@example.com>
 <> <five
 @example.com> <unfinished
`)
	if m.MessageID != "one@example.com" {
		t.Errorf("id %q", m.MessageID)
	}
	if diff := cmp.Diff([]string{"two@example.com"}, m.InReplyTo); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"three@example.com", "four@example.com", "five@example.com"}, m.References); diff != "" {
		t.Error(diff)
	}
	if bare := read(t, "Message-ID: bare@example.com\n"); bare.MessageID != "bare@example.com" {
		t.Errorf("id without brackets %q", bare.MessageID)
	}
}

// D4-12: who wrote it is in From. Reply-To is a hint, Sender a last resort.
func TestSender(t *testing.T) {
	t.Parallel()
	m := read(t, "Reply-To: eve@example.com\nFrom: Ada <ada@example.com>, Bob <bob@example.com>\nSender: office@example.com\n")
	if m.From.Email != "ada@example.com" || m.Sender.Email != "office@example.com" || m.ReplyTo[0].Email != "eve@example.com" {
		t.Errorf("%+v", m)
	}
	if m := read(t, "From: nobody\nSender: office@example.com\nReply-To: eve@example.com\n"); m.From.Email != "office@example.com" {
		t.Errorf("from %v", m.From)
	}
	if m := read(t, "Reply-To: eve@example.com\n"); m.From.Email != "" || m.Problem != "The mail names no sender." {
		t.Errorf("from %v, problem %q", m.From, m.Problem)
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Thu, 18 Oct 2012 22:48:39 -0700":  "2012-10-19T05:48:39Z",
		"18 Oct 2012 22:48:39 -0700 (PDT)": "2012-10-19T05:48:39Z",
		"18 Oct 12 22:48 GMT":              "2012-10-18T22:48:00Z",
		"Thu, 18 Oct 2012 22:48:39 +9959":  "0001-01-01T00:00:00Z",
		"yesterday":                        "0001-01-01T00:00:00Z",
		"":                                 "0001-01-01T00:00:00Z",
	} {
		got, err := read(t, "Date: "+in+"\n").Date.MarshalText()
		if err != nil || string(got) != want {
			t.Errorf("%q: %s, %v", in, got, err)
		}
	}
}
