package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"skein/adapters/eventnode"
)

// followers are how many follow the journal at the same time.
const followers = 8

// reads measures reading and following through the client, beside an empty stream of
// messages of the same size, and beside the client being told the same event again
// and again, which is all that it can take.
func (l *lab) reads(ctx context.Context) (err error) {
	collectSeldom() // as the server does
	node, err := eventnode.Start(eventnode.Config{Dir: l.home("reads"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, node.Close()) }()
	client, err := plainClient(node.Target())
	if err != nil {
		return err
	}
	defer client.Close()
	conn, err := grpc.NewClient(node.Target(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	nobody, err := l.openVoid()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, nobody.close()) }()
	if err := story(ctx, client, "long", l.events); err != nil {
		return err
	}
	perSecond := func(events int, read func() error) (float64, error) {
		began := time.Now()
		err := read()
		return float64(events) / time.Since(began).Seconds(), err
	}
	return l.each(ctx, "reads", func() error {
		empty, err := perSecond(l.events, func() error { return nobody.stream(ctx, l.events) })
		if err != nil {
			return fmt.Errorf("nothing: %w", err)
		}
		told, err := perSecond(l.events, func() error { return readAll(ctx, nobody.client, l.events) })
		if err != nil {
			return fmt.Errorf("told: %w", err)
		}
		for _, one := range []struct {
			name string
			read func() error
		}{
			{"$all", func() error { return readAll(ctx, client, l.events) }},
			{"a stream", func() error { return readStream(ctx, client, "long", l.events) }},
			{"$all, followed from its beginning", func() error { return followAll(ctx, client, esdb.Start{}, l.events, nil) }},
			{"a stream, followed from its beginning", func() error { return followStream(ctx, client, "long", l.events) }},
		} {
			ours, err := perSecond(l.events, one.read)
			if err != nil {
				return fmt.Errorf("%s: %w", one.name, err)
			}
			l.note(one.name+", beside an empty stream", "events/s", ours, empty, atLeastTimes(0.6))
			l.note(one.name+", beside all that the client can take", "events/s", ours, told)
		}
		raw, err := perSecond(l.events, func() error { return takeAll(ctx, conn, l.events) })
		if err != nil {
			return fmt.Errorf("taken: %w", err)
		}
		l.note("$all, taken without the client, beside an empty stream", "events/s", raw, empty, atLeastTimes(0.6))
		return l.fanOut(ctx, nobody, client, perSecond)
	})
}

// fanOut measures events that are appended while some follow, until all of these have
// all of them.
func (l *lab) fanOut(ctx context.Context, nobody *void, client *esdb.Client, perSecond func(int, func() error) (float64, error)) error {
	beside := func(read func() error) error {
		var all errgroup.Group
		for range followers {
			all.Go(read)
		}
		return all.Wait()
	}
	events := l.events / followers
	empty, err := perSecond(events*followers, func() error {
		return beside(func() error { return nobody.stream(ctx, events) })
	})
	if err != nil {
		return fmt.Errorf("nothing: %w", err)
	}
	told, err := perSecond(events*followers, func() error {
		return beside(func() error { return readAll(ctx, nobody.client, events) })
	})
	if err != nil {
		return fmt.Errorf("told: %w", err)
	}
	all, following := errgroup.WithContext(ctx)
	ready := make(chan struct{}, followers)
	for range followers {
		all.Go(func() error { return followAll(ctx, client, esdb.End{}, events, ready) })
	}
	for range followers {
		select {
		case <-ready:
		case <-following.Done():
			return all.Wait()
		}
	}
	ours, err := perSecond(events*followers, func() error {
		return errors.Join(story(ctx, client, "news", events), all.Wait())
	})
	if err != nil {
		return fmt.Errorf("followers: %w", err)
	}
	what := fmt.Sprintf("news to %d followers, beside ", followers)
	l.note(what+"as many empty streams", "events/s", ours, empty, atLeastTimes(0.6))
	l.note(what+"all that as many readings take", "events/s", ours, told)
	return nil
}
