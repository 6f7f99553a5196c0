package postgres

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"
)

// A serverLog passes on what the server says, to its file and to ours.
type serverLog struct {
	to   *slog.Logger
	file *boundedFile
	in   *os.File // what the server writes to
	done chan struct{}

	complaint string // the last one; to be read once done
}

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
func (l *serverLog) follow(out io.Reader) {
	level := slog.LevelWarn // of what it says before it knows the form of its lines
	for lines := bufio.NewReaderSize(out, 1<<16); ; {
		line, _, err := lines.ReadLine()
		if err != nil {
			return
		}
		text := string(line)
		level = weigh(text, level)
		if level > slog.LevelDebug {
			l.complaint = text
		}
		l.to.Log(context.Background(), level, "postgres", "said", text)
		if err := l.file.WriteLine(text); err != nil {
			l.to.Warn("postgres.log", "error", err)
		}
	}
}

// weigh returns the level of a line "time [pid] SQLSTATE SEVERITY:  text". A line of
// another form goes with the one before it. What is fatal ends one connection, as a
// rule. What connections are told while the server comes or goes (57P) is no
// complaint: that it does is for its supervisor to tell.
func weigh(line string, before slog.Level) slog.Level {
	_, said, _ := strings.Cut(line, "] ")
	state, said, _ := strings.Cut(said, " ")
	severity, _, _ := strings.Cut(said, ":")
	switch severity {
	case "PANIC":
		return slog.LevelError
	case "FATAL", "ERROR", "WARNING":
		if !strings.HasPrefix(state, "57P") {
			return slog.LevelWarn
		}
		return slog.LevelDebug
	case "LOG", "INFO", "NOTICE", "DEBUG":
		return slog.LevelDebug
	}
	return before
}

// Close waits for the last line of a server that has stopped.
func (l *serverLog) Close() error {
	err := l.in.Close()
	<-l.done
	return errors.Join(err, l.file.Close())
}
