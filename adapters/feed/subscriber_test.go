package feed_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"skein/adapters/feed"
	"skein/domain"
)

// A backlog comes in full pages and in order; what happens after it, at once.
func TestPages(t *testing.T) {
	t.Parallel()
	j, sub := journal(t, start(t, t.TempDir()))
	const events = 12_800 // 25 pages of 512
	backlog(t, j, events)
	pages, err := sub.Subscribe(t.Context(), "contacts")
	if err != nil {
		t.Fatal(err)
	}
	var last domain.Position
	seen, taken := 0, 0
	for ; seen < events; taken++ {
		lines, end := page(t, pages)
		for _, l := range lines {
			if l.Position <= last {
				t.Fatalf("%d came after %d", l.Position, last)
			}
			last = l.Position
		}
		if last != end {
			t.Errorf("a page with events up to %d ends at %d", last, end)
		}
		seen += len(lines)
	}
	if taken > 100 { // 25 full ones, and some more when the machine was busy with something else
		t.Errorf("%d pages for %d events", taken, events)
	}
	for n := range uint64(3) {
		at := add(t, j, "contact-lab.ada", n, named("Ada"))
		lines, end := page(t, pages)
		if len(lines) != 1 || lines[0].Stream != "contact-lab.ada" || lines[0].Revision != n || end != at {
			t.Errorf("%v came, ending at %d, for event %d at %d", lines, end, n, at)
		}
	}
}

// A page is also full when it is long.
func TestLongPages(t *testing.T) {
	t.Parallel()
	j, sub := journal(t, start(t, t.TempDir()))
	long := make([]byte, 300<<10)
	for i := range long {
		long[i] = 'a'
	}
	for n := range 8 {
		add(t, j, domain.StreamOf("contact", "lab", fmt.Sprint(n)), 0, named(string(long)))
	}
	pages, err := sub.Subscribe(t.Context(), "contacts")
	if err != nil {
		t.Fatal(err)
	}
	for seen := 0; seen < 8; {
		lines, _ := page(t, pages)
		if len(lines) > 4 {
			t.Errorf("%d long events in a page", len(lines))
		}
		seen += len(lines)
	}
}

// What the journal tells about itself is left out, but not its position.
func TestSystemEvents(t *testing.T) {
	t.Parallel()
	j, sub := journal(t, start(t, t.TempDir()))
	pages, err := sub.Subscribe(t.Context(), "contacts")
	if err != nil {
		t.Fatal(err)
	}
	at := add(t, j, "contact-lab.ada", 0, named("Ada"))
	if err := j.Tombstone(t.Context(), "contact-lab.eve"); err != nil {
		t.Fatal(err)
	}
	want, err := j.End(t.Context())
	if err != nil || want <= at {
		t.Fatalf("the journal ends at %d, %v", want, err)
	}
	seen := 0
	for end := domain.Position(0); end < want; {
		var lines []feed.Line
		lines, end = page(t, pages)
		seen += len(lines)
	}
	if seen != 1 {
		t.Errorf("%d events came", seen)
	}
}

// A page that was not acknowledged comes again, and no other before it. A follower
// goes on from its checkpoint.
func TestRedelivery(t *testing.T) {
	t.Parallel()
	j, sub := journal(t, start(t, t.TempDir()))
	first := add(t, j, "contact-lab.ada", 0, named("Ada"))
	second := add(t, j, "contact-lab.ada", 1, named("Countess"))
	var asked atomic.Int32
	sub.PageEvents = 1
	sub.Checkpoint = func(_ context.Context, follower string) (domain.Position, error) {
		if follower != "contacts" {
			t.Errorf("asked for %s", follower)
		}
		if asked.Add(1) == 1 {
			return 0, errors.New("the database is away")
		}
		return first, nil
	}
	pages, err := sub.Subscribe(t.Context(), "contacts")
	if err != nil {
		t.Fatal(err)
	}
	third := add(t, j, "contact-lab.ada", 2, named("Lovelace"))
	for range 3 {
		m := <-pages
		if _, end := open(t, m); end != second {
			t.Errorf("page to %d, want %d", end, second)
		}
		m.Nack()
		<-m.Context().Done()
	}
	for _, want := range []domain.Position{second, third} {
		if _, end := page(t, pages); end != want {
			t.Errorf("page to %d, want %d", end, want)
		}
	}
}

// The journal goes away and comes back under a subscription, which goes on without
// gap or double.
func TestRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	node := start(t, dir)
	j, sub := journal(t, node)
	pages, err := sub.Subscribe(t.Context(), "contacts")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []domain.Position
	for round := range 3 {
		for n := range uint64(5) {
			want = append(want, add(t, j, domain.StreamOf("contact", "lab", fmt.Sprint(round)), n, named("Ada")))
		}
		if round == 1 { // with pages under way
			lines, _ := page(t, pages)
			for _, l := range lines {
				got = append(got, l.Position)
			}
		}
		if err := node.Close(); err != nil {
			t.Fatal(err)
		}
		node = start(t, dir)
	}
	want = append(want, add(t, j, "contact-lab.last", 0, named("Ada")))
	for len(got) < len(want) {
		lines, _ := page(t, pages)
		for _, l := range lines {
			got = append(got, l.Position)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("followed %v, want %v", got, want)
	}
}

// Closing ends every subscription, with pages in hand or not, and bars others.
func TestClose(t *testing.T) {
	t.Parallel()
	j, sub := journal(t, start(t, t.TempDir()))
	add(t, j, "contact-lab.ada", 0, named("Ada"))
	over, cancel := context.WithCancel(t.Context())
	ended, err := sub.Subscribe(over, "ended")
	if err != nil {
		t.Fatal(err)
	}
	inHand, err := sub.Subscribe(t.Context(), "in hand")
	if err != nil {
		t.Fatal(err)
	}
	idle, err := sub.Subscribe(t.Context(), "idle")
	if err != nil {
		t.Fatal(err)
	}
	<-inHand
	page(t, idle)
	cancel()
	for range ended {
	}
	if err := sub.Close(); err != nil {
		t.Error(err)
	}
	for range inHand {
	}
	for range idle {
	}
	if _, err := sub.Subscribe(t.Context(), "late"); err == nil {
		t.Error("subscribed after the end")
	}
}
