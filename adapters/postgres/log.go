package postgres

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
)

// A serverLog passes on what the server says, to its file and to ours.
type serverLog struct {
	to   *slog.Logger
	file *boundedFile
	in   *os.File // what the server writes to
	done chan struct{}

	records atomic.Int64 // how many it said

	mu     sync.Mutex
	latest []string // the last ones that may tell why it is not up
}

// quoted is how many records of the latest an error quotes.
const quoted = 8

func openLog(c *Cluster) (*serverLog, error) {
	file, err := openBounded(c.home, "postgres.log", c.account)
	if err != nil {
		return nil, err
	}
	out, in, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	l := &serverLog{to: c.log, file: file, in: in, done: make(chan struct{})}
	go func() {
		defer close(l.done)
		defer out.Close()
		l.follow(out)
	}()
	return l, nil
}

// follow reads until the last process of the server has closed its end. It reads
// even what it cannot write: a server that cannot speak stands still.
//
// A record is a line and those after it that begin with a tab. The server writes it
// at once, so it is whole when nothing more is there to be read.
func (l *serverLog) follow(out io.Reader) {
	var record strings.Builder
	tell := func() {
		if record.Len() > 0 {
			l.tell(record.String())
		}
		record.Reset()
	}
	lines := bufio.NewReaderSize(out, longestRecord)
	for inside := false; ; { // inside a line that is longer than the reader
		line, more, err := lines.ReadLine()
		if err != nil {
			tell()
			return
		}
		text := string(line)
		if err := l.file.WriteLine(text); err != nil {
			l.to.Warn("postgres.log", "error", err)
		}
		rest, continues := strings.CutPrefix(text, "\t")
		switch {
		case !continues && !inside:
			tell()
			record.WriteString(text)
		case record.Len() > 0 && record.Len()+len(rest) < longestRecord:
			record.WriteString("\n" + rest)
		}
		if inside = more; !inside && lines.Buffered() == 0 {
			tell()
		}
	}
}

// longestRecord is how much of a record our log gets to see, in bytes.
const longestRecord = 1 << 16

func (l *serverLog) tell(record string) {
	l.records.Add(1)
	l.to.Log(context.Background(), weigh(record), "postgres", "said", record)
	if state, severity := form(record); addition(severity) || comesOrGoes(state) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.latest = append(l.latest, record)
	l.latest = l.latest[max(0, len(l.latest)-quoted):]
}

// ending quotes the end of postgres.log for an error, without what connections were told.
func (l *serverLog) ending() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.latest) == 0 {
		return "; it said nothing"
	}
	return "; postgres.log ends with:\n" + strings.Join(l.latest, "\n")
}

// form returns the two words of a record "time [pid] SQLSTATE SEVERITY:  text", and
// others of a record that has another form.
func form(record string) (state, severity string) {
	_, said, _ := strings.Cut(record, "] ")
	state, said, _ = strings.Cut(said, " ")
	severity, _, _ = strings.Cut(said, ":")
	return state, severity
}

// weigh returns the level of a record. What is fatal ends one connection, as a
// rule. What connections are told while the server comes or goes is no complaint:
// that it does is for its supervisor to tell. A record of another form is not
// Postgres' own, or from before it knows the form.
func weigh(record string) slog.Level {
	state, severity := form(record)
	switch severity {
	case "PANIC":
		return slog.LevelError
	case "LOG", "INFO", "NOTICE", "DEBUG":
		return slog.LevelDebug
	}
	if addition(severity) || comesOrGoes(state) {
		return slog.LevelDebug
	}
	return slog.LevelWarn
}

// addition reports whether a record only adds to the one before it.
func addition(severity string) bool {
	switch severity {
	case "STATEMENT", "DETAIL", "HINT", "CONTEXT", "QUERY", "LOCATION", "BACKTRACE":
		return true
	}
	return false
}

// comesOrGoes reports whether a SQLSTATE is one of a server that starts or stops.
func comesOrGoes(state string) bool { return strings.HasPrefix(state, "57P") }

// Close waits for the last line of a server that has stopped.
func (l *serverLog) Close() error {
	err := l.in.Close()
	<-l.done
	return errors.Join(err, l.file.Close())
}
