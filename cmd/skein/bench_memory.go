package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// memory measures what the product takes when it has nothing to do, and with many
// contacts that came by an import, and how fast that was, beside copying the same
// contacts into a table with the same indexes.
func (l *lab) memory(ctx context.Context) error {
	file, err := l.sheet()
	if err != nil {
		return err
	}
	return l.each(ctx, "memory", func() error {
		bare, err := l.spawn(ctx, "bench", "bare", "--store", l.home("bare"))
		if err != nil {
			return err
		}
		_, err = bare.once(ctx, post)
		least := bare.memory("VmRSS")
		if err := errors.Join(err, bare.stop()); err != nil {
			return err
		}
		p, err := l.found(ctx, "memory")
		if err != nil {
			return err
		}
		err = l.grow(ctx, p, file, least)
		return errors.Join(err, p.stop(), sweep(p.data))
	})
}

// grow measures a product that was just founded, which imports the file.
func (l *lab) grow(ctx context.Context, p *product, file string, least float64) error {
	if err := p.settled(ctx); err != nil {
		return err
	}
	l.note("idle, resident", "MiB", p.memory("VmRSS"), least, atMost(40))
	l.note("idle, Postgres", "MiB", p.postgres(), 0)

	copied, err := l.copied(ctx, p)
	if err != nil {
		return err
	}
	began := time.Now()
	if err := p.imports(ctx, file); err != nil {
		return err
	}
	imported := time.Since(began)
	if err := p.settled(ctx); err != nil {
		return err
	}
	shown := time.Since(began)
	perSecond := func(d time.Duration) float64 { return float64(l.contacts) / d.Seconds() }
	l.note("import until answered", "contacts/s", perSecond(imported), perSecond(copied))
	l.note("import until shown", "contacts/s", perSecond(shown), perSecond(copied), atLeastTimes(0.5), atLeast(8_000))

	many := fmt.Sprintf("%d contacts, ", l.contacts)
	l.note(many+"resident", "MiB", p.memory("VmRSS"), least, atMost(384))
	l.note(many+"resident at most", "MiB", p.memory("VmHWM"), 0, atMost(384))
	l.note(many+"Postgres", "MiB", p.postgres(), 0)
	return nil
}

// memory is a line of what the system says of the child's memory, in MiB.
func (c *child) memory(line string) float64 { return mib(c.cmd.Process.Pid, "status", line) }

// postgres is the memory of the processes below the child, in MiB. What they share
// counts once.
func (c *child) postgres() (sum float64) {
	for _, pid := range descendants(c.cmd.Process.Pid) {
		sum += mib(pid, "smaps_rollup", "Pss")
	}
	return sum
}

func mib(pid int, file, line string) float64 {
	text, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), file)) // none: it is gone
	_, rest, _ := strings.Cut(string(text), "\n"+line+":")
	number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	kib, _ := strconv.ParseFloat(number, 64)
	return kib / 1024
}
