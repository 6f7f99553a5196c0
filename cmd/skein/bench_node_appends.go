package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"skein/adapters/eventnode"
)

// appends measures durable appends of single events through the client, beside an
// empty call, a store that keeps the same keys and a log that keeps the same bytes.
// Node and client are in this process, as they are in the product, and so is all that
// they are measured against.
func (l *lab) appends(ctx context.Context) (err error) {
	collectSeldom() // as the server does
	node, err := eventnode.Start(eventnode.Config{Dir: l.home("appends"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, node.Close()) }()
	client, err := plainClient(node.Target())
	if err != nil {
		return err
	}
	defer client.Close()
	nobody, err := l.openVoid()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, nobody.close()) }()
	store, err := openRawStore(l.home("appends-store"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.db.Close()) }()
	log, err := openRawLog(l.home("appends-log"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.close()) }()

	numbers := []int{1, 32, 256}
	ours, raw := map[int][]*author{}, map[int][]*author{}
	for _, writers := range numbers {
		ours[writers] = authorsOf(fmt.Sprintf("app-%03d", writers), writers)
		raw[writers] = authorsOf(fmt.Sprintf("raw-%03d", writers), writers)
	}
	return l.each(ctx, "appends", func() error {
		for _, writers := range numbers {
			called, err := together(ctx, writers, l.burst, func(int) error { return nobody.call(ctx) })
			if err != nil {
				return fmt.Errorf("nothing: %w", err)
			}
			ignored, err := write(ctx, nobody.client, authorsOf("ignored", writers), l.burst)
			if err != nil {
				return fmt.Errorf("ignored: %w", err)
			}
			logged, err := together(ctx, writers, l.burst, func(int) error { return log.keep(sheets()[0].Data) })
			if err != nil {
				return fmt.Errorf("log: %w", err)
			}
			kept, err := together(ctx, writers, l.burst, func(hand int) error {
				a := raw[writers][hand]
				return store.keep(a.next(), a.event().Data)
			})
			if err != nil {
				return fmt.Errorf("store: %w", err)
			}
			made, err := write(ctx, client, ours[writers], l.burst)
			if err != nil {
				return err
			}
			l.noteAppends(writers, made, called, ignored, kept, logged)
		}
		return nil
	})
}

func (l *lab) noteAppends(writers int, made, called, ignored, kept, logged load) {
	many := fmt.Sprintf("writers: %d, beside ", writers)
	var enough, soon []goal
	if writers > 1 { // one alone waits for the disk
		enough = []goal{atLeastTimes(0.6)}
	}
	if writers == 32 {
		soon = []goal{atMost(10)}
	}
	l.note(many+"an empty call", "/s", made.perSecond(), called.perSecond(), enough...)
	l.note(many+"the same calls, ignored", "/s", made.perSecond(), ignored.perSecond())
	l.note(many+"Pebble, three keys each", "/s", made.perSecond(), kept.perSecond())
	l.note(many+"a log", "/s", made.perSecond(), logged.perSecond())
	l.note(many+"an empty call, p99", "ms", made.took.ms(0.99), called.took.ms(0.99), soon...)
	l.note(many+"Pebble, three keys each, p99", "ms", made.took.ms(0.99), kept.took.ms(0.99))
	l.note(many+"a log, p99", "ms", made.took.ms(0.99), logged.took.ms(0.99))
}
