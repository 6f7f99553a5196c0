package imapsync

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// Headers made to keep a reader busy: each is read within 250 ms and 32 MiB,
// race detector or not, and no mail is lost over it (D4-6, D4-17).
func TestBombs(t *testing.T) {
	full := func(start, part string) string {
		return (start + strings.Repeat(part, mostHeader/len(part)+1))[:mostHeader]
	}
	for name, raw := range map[string]string{
		"recipients":       full("From: a@b\nTo: ", "a@b,"),
		"recipients, bad":  full("From: a@b\nTo: ", "x,"),
		"recipients, huge": full("From: a@b\nTo: ", "<"+strings.Repeat("a", 500)+"@b>,"),
		"comments":         full("From: a@b\nTo: ", "("),
		"closed comments":  full("From: a@b\nTo: ", "()"),
		"in comments":      full("From: a@b\nTo: ", "(\\"),
		"quotes":           full("From: a@b\nTo: ", `"`),
		"brackets":         full("From: a@b\nTo: ", "<"),
		"square brackets":  full("From: a@b\nTo: ", "["),
		"groups":           full("From: a@b\nTo: ", "g:"),
		"empty groups":     full("From: a@b\nTo: ", "g:;"),
		"ats":              full("From: a@b\nTo: ", "@"),
		"literals":         full("From: a@b\nTo: ", "a@[1.1.1.1"),
		"words":            full("From: a@b\nTo: ", "=?utf-8?q?a?= "),
		"half words":       full("From: a@b\nTo: ", "=?a?b?"),
		"word starts":      full("From: a@b\nSubject: ", "=?"),
		"empty words":      full("From: a@b\nSubject: ", "=?utf-8?b??= "),
		"foreign words":    full("From: a@b\nSubject: ", "=?iso-2022-jp?b?GyRC?= "),
		"fields":           full("From: a@b\n", "A: b\n"),
		"to fields":        full("From: a@b\n", "To: a@b\n"),
		"bare lines":       full("From: a@b\n", "x\n"),
		"folded lines":     full("From: a@b\nTo: a\n", " \n"),
		"8 bit fields":     full("From: a@b\n", "A: \xff\n"),
		"references":       full("From: a@b\nReferences: ", "<a@b>"),
		"open references":  full("From: a@b\nReferences: ", "<"),
		"parameters":       full("From: a@b\nContent-Type: multipart/report; ", "a=b; "),
		"numbered params":  full("From: a@b\nContent-Type: multipart/report; ", "a*1*=b; "),
		"list headers":     full("From: a@b\n", "List-Id: <<<<<\n"),
		"nothing":          full("From: a@b\n", "\x00"),
		"no line end":      full("From: a@b\nSubject: ", "x"),
	} {
		m, took, used := Message{}, time.Hour, uint64(0)
		for try := 0; try < 5 && took > 250*time.Millisecond; try++ { // others may use the machine meanwhile
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			m = Message{Size: 100 << 20}
			start := time.Now()
			m.read([]byte(raw))
			took = min(took, time.Since(start))
			runtime.ReadMemStats(&after)
			used = max(used, after.TotalAlloc-before.TotalAlloc)
		}
		if took > 250*time.Millisecond {
			t.Errorf("%s: took %v", name, took)
		}
		if used > 32<<20 {
			t.Errorf("%s: %d MiB", name, used>>20)
		}
		if m.From.Email != "a@b" || len(m.To) > mostRecipients || m.Hash == "" || !strings.Contains(m.Problem, "longer than 64 KiB") {
			t.Errorf("%s: from %q, %d recipients, problem %q", name, m.From, len(m.To), m.Problem)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("From: =?x?q?y?= <a@b>\r\nTo: g:\"c\" <d@e>;\r\nDate: x\r\n\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := Message{Size: int64(len(raw))}
		m.read(raw)
		if m.Hash == "" || strings.ContainsAny(m.Subject+m.From.Name+m.From.Email, "\x00\r\n") {
			t.Errorf("%+v", m)
		}
	})
}
