package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// incompressible weighs a node with events of random bytes, which nothing can press.
func (l *lab) incompressible(ctx context.Context) (err error) {
	dice := rand.NewChaCha8([32]byte{})
	g := &grown{authors: authorsOf("contact", 32), sheets: make([]esdb.EventData, 4096)}
	for i := range g.sheets {
		data := make([]byte, sheet)
		_, _ = dice.Read(data) // never fails
		g.sheets[i] = esdb.EventData{EventType: "contact.edited", ContentType: esdb.ContentTypeBinary, Data: data}
	}
	if g.lone, err = l.lone(ctx, l.home("incompressible")); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.leave(), sweep(g.folder)) }()
	size := l.journal[len(l.journal)-1] / 10
	fmt.Fprintf(l.err, "growth: %d events of random bytes come to be\n", size)
	if err := g.fill(ctx, int64(size)); err != nil {
		return err
	}
	if err := g.settled(ctx); err != nil {
		return err
	}
	l.row = "growth"
	return l.weigh(g, fmt.Sprintf("%d events of random bytes, ", size), false)
}

// weigh notes what a node takes of memory and of the disk.
func (l *lab) weigh(g *grown, many string, gated bool) error {
	payload := float64(g.events.Load()) * sheet
	room, err := allocated(g.folder)
	if err != nil {
		return err
	}
	var goals, once []goal
	if gated {
		goals, once = []goal{atMost(1.3)}, []goal{atMost(4)}
	}
	l.note(many+"resident", "MiB", g.memory("VmRSS"), 0, atMost(384))
	l.note(many+"resident at most", "MiB", g.memory("VmHWM"), 0, atMost(384))
	l.note(many+"on disk", "bytes per byte of data", room/payload, 0, goals...)
	l.note(many+"written to the disk", "bytes per byte of data", g.wrote()/payload, 0, once...)
	return nil
}

// settled returns when the store has put its files in order: when it has not changed
// for a while.
func (g *grown) settled(ctx context.Context) error {
	const look, calm = 200 * time.Millisecond, 10
	for last, same := g.wrote(), 0; same < calm; {
		select {
		case <-time.After(look):
		case <-ctx.Done():
			return ctx.Err()
		}
		now := g.wrote()
		if same++; now != last {
			last, same = now, 0
		}
	}
	return nil
}

// allocated is how many bytes of the disk the files of a folder take.
func allocated(folder string) (sum float64, err error) {
	err = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return ignoreGone(err)
		}
		about, err := entry.Info()
		if err != nil {
			return ignoreGone(err)
		}
		if s, ok := about.Sys().(*syscall.Stat_t); ok {
			sum += float64(s.Blocks) * 512
		}
		return nil
	})
	return sum, err
}

// ignoreGone has no error for what was removed meanwhile.
func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// wrote is how many bytes the process has had written to the disk.
func (c *child) wrote() float64 {
	text, _ := os.ReadFile("/proc/" + strconv.Itoa(c.cmd.Process.Pid) + "/io") // none: it is gone
	_, rest, _ := strings.Cut(string(text), "\nwrite_bytes: ")
	number, _, _ := strings.Cut(rest, "\n")
	bytes, _ := strconv.ParseFloat(number, 64)
	return bytes
}
