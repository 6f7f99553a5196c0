package imapsync

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const planted = "swordfish-4711"

// visit does all that is ever done with a server.
func visit(ctx context.Context, c Client, security Security) ([]Message, error) {
	s, err := c.Open(ctx, Account{"127.0.0.1", 143, security, "ada", planted})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if _, err := s.Folders(ctx); err != nil {
		return nil, err
	}
	var got []Message
	for m, err := range s.Read(ctx, "INBOX", Cursor{}) {
		if err != nil {
			return got, err
		}
		got = append(got, m)
	}
	return got, nil
}

// D4-24: whatever a server does, it ends within the time, costs little memory,
// leaves nothing running, and the error says what is wrong and not the password.
// Time in here is that of synctest: hours pass at once, and what is left
// running fails the test.
func TestHostileServers(t *testing.T) {
	big := strings.Repeat("x", 1<<20)
	for name, c := range map[string]struct {
		stranger *stranger
		security Security
		want     Reason // "" when it does no harm
		mail     int    // that is read all the same
	}{
		"decent": {stranger: new(stranger), mail: 3},

		"says nothing":           {stranger: does("", (*stranger).listen), want: NoAnswer},
		"hangs up":               {stranger: does("", func(*stranger) {}), want: Broken},
		"is a web server":        {stranger: &stranger{greeting: "HTTP/1.1 400 Bad Request\r\n\r\n"}, want: NotIMAP},
		"is a mail sender":       {stranger: &stranger{greeting: "220 mail.example ESMTP\r\n"}, want: NotIMAP},
		"has a full house":       {stranger: &stranger{greeting: "* BYE too many connections\r\n"}, want: Unavailable},
		"knows us already":       {stranger: &stranger{greeting: "* PREAUTH welcome " + planted + "\r\n"}, want: NotIMAP},
		"greets without end":     {stranger: does("", endlessly("* OK ", "x")), want: Broken},
		"greets with null bytes": {stranger: does("", endlessly("", "\x00")), want: Broken},
		"greets byte by byte":    {stranger: does("", slowly("* OK "+big)), want: NoAnswer},

		"offers no STARTTLS":       {security: StartTLS, stranger: says("STARTTLS", "~ BAD unknown command\r\n"), want: NoStartTLS},
		"knows us before STARTTLS": {security: StartTLS, stranger: &stranger{greeting: "* PREAUTH welcome\r\n"}, want: NotIMAP},
		"slips in an answer":       {security: StartTLS, stranger: does("STARTTLS", slip), want: TLSFailed},
		"ends at STARTTLS":         {security: StartTLS, stranger: does("STARTTLS", func(*stranger) {}), want: Broken},
		"talks on at STARTTLS":     {security: StartTLS, stranger: does("STARTTLS", endlessly("", "* OK wait\r\n")), want: Broken},
		"silent after STARTTLS":    {security: StartTLS, stranger: says("STARTTLS", "S1 OK\r\n"), want: NoAnswer},
		"speaks no TLS":            {security: TLS, stranger: does("", func(s *stranger) { go s.say("* OK ready\r\n"); s.listen() }), want: TLSFailed},

		"takes no password":     {stranger: says("CAPABILITY", "* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n~ OK\r\n"), want: LoginRefused},
		"tells the password":    {stranger: &stranger{script: map[string]string{"LOGIN": "~ NO wrong password " + planted + "\r\n"}}, want: LoginRefused},
		"is out of order":       {stranger: &stranger{script: map[string]string{"LOGIN": "~ NO [UNAVAILABLE] " + planted + " later\r\n"}}, want: Unavailable},
		"asks and asks":         {stranger: &stranger{script: map[string]string{"CAPABILITY": "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n~ OK\r\n"}, act: map[string]func(*stranger){"AUTHENTICATE": endlessly("", "+ \r\n")}}, want: Broken},
		"never says yes":        {stranger: says("LOGIN", ""), want: NoAnswer},
		"answers somebody else": {stranger: says("LOGIN", "X99 OK welcome\r\n"), want: Broken},
		"says bye at login":     {stranger: does("LOGIN", bye), want: Broken},
		"can do without end":    {stranger: does("CAPABILITY", endlessly("* CAPABILITY", " X")), want: Broken},

		"says bye at list":       {stranger: does("LIST", bye), want: Broken},
		"lists without end":      {stranger: does("LIST", endlessly("", "* LIST () NIL a\r\n")), want: Broken},
		"a name of 4 GiB":        {stranger: does("LIST", endlessly("* LIST () NIL {4294967295}\r\n", "x")), want: Broken},
		"a name without end":     {stranger: does("LIST", endlessly(`* LIST () NIL "`, "x")), want: Broken},
		"a name that is none":    {stranger: says("LIST", "* LIST () NIL &***\r\n~ OK\r\n"), want: Broken},
		"attributes without end": {stranger: does("LIST", endlessly("* LIST (", `\A `)), want: Broken},
		"no line end":            {stranger: does("LIST", endlessly("* OK ", "x")), want: Broken},
		"refuses to list":        {stranger: &stranger{script: map[string]string{"LIST": "~ NO not for " + planted + "\r\n"}}, want: NoFolder},
		"refuses to count":       {stranger: says("STATUS", "~ NO\r\n"), mail: 3},
		"counts something else":  {stranger: says("STATUS", "* STATUS Elsewhere (MESSAGES 9)\r\n~ OK\r\n"), mail: 3},

		"has no such folder":     {stranger: says("EXAMINE", "~ NO gone\r\n"), want: NoFolder},
		"says bye at folder":     {stranger: does("EXAMINE", bye), want: Broken},
		"has ten million":        {stranger: &stranger{script: map[string]string{"EXAMINE": "* 10000000 EXISTS\r\n* OK [UIDNEXT 4294967295] ok\r\n~ OK\r\n", "SEARCH": "* SEARCH\r\n~ OK\r\n"}}, want: Broken},
		"tells no validity":      {stranger: says("EXAMINE", "* 3 EXISTS\r\n~ OK\r\n"), mail: 3},
		"has a number too large": {stranger: says("EXAMINE", "* 99999999999999999999 EXISTS\r\n~ OK\r\n"), want: Broken},

		"finds backwards":         {stranger: says("SEARCH", "* SEARCH 3 3 2 1 1 2\r\n~ OK\r\n"), mail: 3},
		"finds what is not there": {stranger: says("SEARCH", "* SEARCH 0 1 2 3 4 77 4294967295\r\n~ OK\r\n"), mail: 3},
		"finds everything":        {stranger: says("SEARCH", "* ESEARCH (TAG \"~\") UID ALL 1:4294967295\r\n~ OK\r\n"), mail: 3},
		"finds without end":       {stranger: does("SEARCH", endlessly("* SEARCH", " 1 3 5 7")), want: Broken},
		"finds nothing":           {stranger: says("SEARCH", "~ OK\r\n")},
		"cannot search":           {stranger: says("SEARCH", "~ BAD what\r\n"), want: Broken},

		"shuffles":                {stranger: says("FETCH", fetched(3, letter)+fetched(1, letter)+fetched(2, letter)+"~ OK\r\n"), mail: 3},
		"repeats itself":          {stranger: says("FETCH", strings.Repeat(three, 9)+"~ OK\r\n"), mail: 3},
		"shows other mail too":    {stranger: says("FETCH", fetched(9, letter)+fetched(1, letter)+fetched(2, letter)+fetched(3, letter)+"~ OK\r\n"), mail: 3},
		"expunges meanwhile":      {stranger: &stranger{script: map[string]string{"FETCH": fetched(1, letter) + "* 2 EXPUNGE\r\n* 2 EXISTS\r\n" + fetched(3, letter) + "~ OK\r\n", "SIZES": "~ OK\r\n"}}, mail: 2},
		"says bye in between":     {stranger: does("FETCH", func(s *stranger) { s.say(fetched(1, letter) + "* BYE\r\n") }), want: Broken},
		"breaks off in a literal": {stranger: does("FETCH", func(s *stranger) { s.say(fetched(1, letter)[:120]) }), want: Broken},
		"stops in a literal":      {stranger: does("FETCH", func(s *stranger) { s.say(fetched(1, letter)[:120]); s.listen() }), want: NoAnswer},
		"a header of 4 GiB":       {stranger: does("FETCH", endlessly("* 1 FETCH (UID 1 BODY[HEADER]<0> {4294967295}\r\n", "x")), want: Broken},
		"a header of 8 EiB":       {stranger: does("FETCH", endlessly("* 1 FETCH (UID 1 BODY[HEADER]<0> {9223372036854775807}\r\n", "x")), want: Broken},
		"a header without end":    {stranger: does("FETCH", endlessly("* 1 FETCH (UID 1 BODY[HEADER]<0> \"", "x")), want: Broken},
		"a header byte by byte":   {stranger: does("FETCH", slowly("* 1 FETCH (UID 1 BODY[HEADER]<0> {1000}\r\n"+big)), want: NoAnswer},
		"more than was asked for": {stranger: says("FETCH", fetched(1, letter[:len(letter)-2]+strings.Repeat("X: y\r\n", 20000)+"\r\n")+fetched(2, letter)+fetched(3, letter)+"~ OK\r\n"), mail: 3},
		"lies about sizes":        {stranger: says("FETCH", strings.ReplaceAll(three, "SIZE 500", "SIZE 9223372036854775807")+"~ OK\r\n"), mail: 3},
		"a size below zero":       {stranger: says("FETCH", strings.ReplaceAll(fetched(1, letter), "SIZE 500", "SIZE -1")+"~ OK\r\n"), want: Broken},
		"a literal too short":     {stranger: says("FETCH", strings.ReplaceAll(three, fmt.Sprintf("{%d}", len(letter)), "{10}")+"~ OK\r\n"), want: Broken},
		"parentheses without end": {stranger: does("FETCH", endlessly("* 1 FETCH (UID 1 BODYSTRUCTURE ", "(")), want: Broken},
		"parentheses in quotes":   {stranger: does("FETCH", endlessly("* 1 FETCH (UID 1 BODY[HEADER] \"] {60000}\r\n\" BODYSTRUCTURE ", "(")), want: Broken},
		"flags without end":       {stranger: does("FETCH", endlessly("* 1 FETCH (UID 1 FLAGS (", "a ")), want: Broken},
		"many parentheses":        {stranger: says("FETCH", fetched(1, "From: a@b\r\nSubject: "+strings.Repeat("(", 50000)+"\r\n\r\n")+fetched(2, letter)+fetched(3, letter)+"~ OK\r\n"), mail: 3},
		"hides the UIDs":          {stranger: says("FETCH", strings.NewReplacer("UID 1 ", "", "UID 2 ", "").Replace(three)+"~ OK\r\n"), mail: 3},
		"tells UIDs too late":     {stranger: says("FETCH", strings.NewReplacer("UID 1 ", "", "UID 2 ", "", "UID 3 ", "", "\r\n)", "\r\n UID 1)").Replace(three)+"~ OK\r\n"), mail: 3},
		"knows no such thing":     {stranger: says("FETCH", "* 1 FETCH (NONSENSE 1)\r\n~ OK\r\n"), want: Broken},
		"commands us":             {stranger: says("FETCH", "+ go ahead\r\n"), want: Broken},
		"talks without end":       {stranger: does("FETCH", endlessly("", "* OK still here\r\n")), want: Broken},
		"fetches without end":     {stranger: does("FETCH", endlessly("", fetched(1, letter))), want: Broken},

		"never says good-bye": {stranger: says("LOGOUT", ""), mail: 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				start := time.Now()
				got, err := visit(t.Context(), c.stranger.client(), cmp.Or(c.security, None))
				if took := time.Since(start); took > 33*time.Second {
					t.Errorf("took %v", took)
				}
				runtime.ReadMemStats(&after)
				if used := after.TotalAlloc - before.TotalAlloc; used > 32<<20 {
					t.Errorf("used %d MiB", used>>20)
				}
				<-c.stranger.gone // cut off, or it would not be
				if sent := c.stranger.sent.Load(); sent > 12<<20 {
					t.Errorf("took in %d MiB", sent>>20)
				}
				if reasonOf(err) != c.want || len(got) != c.mail {
					t.Errorf("%d mails, %v", len(got), err)
				}
				if said := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(said, planted) {
					t.Errorf("the password is in %s", said)
				}
				if errors.Is(err, io.EOF) || err != nil && reasonOf(err) == "" {
					t.Errorf("unexplained: %v", err)
				}
			})
		})
	}
}

func bye(s *stranger) { s.say("* BYE " + planted + "\r\n") }

// slowly says one byte a second.
func slowly(text string) func(*stranger) {
	return func(s *stranger) {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for i := range text {
			if s.say(text[i:i+1]) != nil {
				return
			}
			<-tick.C
		}
	}
}

// slip answers STARTTLS and goes on in the clear, as somebody on the way would.
func slip(s *stranger) {
	go s.say("S1 OK\r\n* CAPABILITY IMAP4rev1\r\nT1 OK welcome\r\n")
	s.listen()
}

// Time counts while the server is waited for, not while a mail is dealt with.
func TestSlowReaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := new(stranger).client().Open(t.Context(), Account{"127.0.0.1", 143, None, "ada", planted})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for m, err := range s.Read(t.Context(), "INBOX", Cursor{}) {
			if err != nil {
				t.Fatal(m, err)
			}
			<-time.After(time.Hour)
		}
	})
}

// Who gives up is not kept waiting, and is told that it was them.
func TestContextIsObeyed(t *testing.T) {
	for _, command := range []string{"", "LOGIN", "LIST", "EXAMINE", "SEARCH", "FETCH"} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			c := does(command, func(s *stranger) { cancel(); s.listen() }).client()
			start := time.Now()
			_, err := visit(ctx, c, None)
			if !errors.Is(err, context.Canceled) || time.Since(start) > time.Second {
				t.Errorf("%q: %v after %v", command, err, time.Since(start))
			}
		})
	}
}

func TestNothingPrintsThePassword(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := Account{"127.0.0.1", 143, None, "ada", planted}
		s, err := new(stranger).client().Open(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		var log strings.Builder
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "account", a, "pointer", &a, "session", s)
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "account", a, "pointer", &a, "session", s)
		json.NewEncoder(&log).Encode(a)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&log, verb+verb+verb, a, &a, s)
		}
		if said := log.String(); strings.Contains(said, planted) || strings.Contains(said, hex.EncodeToString([]byte(planted))) {
			t.Error(said)
		}
	})
}
