package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"skein/adapters/feed"
	"skein/commands"
	"skein/domain"
	"skein/domain/access"
	"skein/domain/contact"
	"skein/domain/space"
	"skein/projections"
)

// inside is the product in this process, without what is between it and the world.
type inside struct {
	*house
	do         *commands.Handler
	projectors map[string]*projections.Projector
	client     *esdb.Client // to its journal, without the product
}

// by is who asks for everything here.
var by = domain.By{Actor: "system:bench"}

// moveIn opens a house in a new data folder. Nobody follows its journal yet.
func (l *lab) moveIn(ctx context.Context, name string) (in *inside, err error) {
	s := &settings{Data: l.home(name), LogLevel: slog.LevelError, err: l.err}
	in = &inside{}
	if in.house, err = open(ctx, s, withJournal, withDatabase); err != nil {
		return nil, err
	}
	if in.do, err = in.commandsOn(ctx, s, nil); err == nil {
		in.client, err = plainClient(in.target)
	}
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	in.closers = append(in.closers, in.client.Close)
	in.projectors = in.house.projectors()
	if _, err = in.firstStart(ctx, in.do); err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return in, nil
}

func plainClient(address string) (*esdb.Client, error) {
	config, err := esdb.ParseConnectionString("esdb://localhost?tls=false")
	if err != nil {
		return nil, err
	}
	config.Address, config.Logger = address, esdb.NoopLogging()
	return esdb.NewClient(config)
}

// room makes a space and enters it.
func (in *inside) room(ctx context.Context, name string) (commands.Room, error) {
	id, _, err := in.do.CreateSpace(ctx, by, space.Create{Organization: firstOrganization, Name: name})
	if err != nil {
		return commands.Room{}, err
	}
	return in.do.Enter(ctx, commands.Principal{Actor: domain.Actor(firstUser), Organization: firstOrganization}, id, access.EditContacts)
}

// fill makes contacts, each with as many events as wanted of the n-th, of which one
// tells that it was created and the others that it was changed.
func (in *inside) fill(ctx context.Context, room commands.Room, contacts int, wanted func(n int) int) ([]contact.ID, error) {
	const writers, largest = 64, 1000 // events of an append
	ids := make([]contact.ID, contacts)
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(writers)
	for n := range ids {
		ids[n] = contact.ID(newID())
		all.Go(func() error {
			s := contact.Key{Space: room.ID, ID: ids[n]}.Stream()
			events := []domain.Event{contact.Created{Origin: contact.ByImport, Says: says(n)}}
			for length, i := 0, 1; ; i++ {
				if last := i >= wanted(n); last || len(events) == largest {
					if _, err := in.journal.Append(ctx, s, uint64(length), by, events...); err != nil || last {
						return err
					}
					length, events = length+len(events), nil
				}
				events = append(events, contact.Edited{Says: slots(edit(n + i))})
			}
		})
	}
	return ids, all.Wait()
}

// following lets the projectors follow the journal, as the server does, until done
// is called.
func (in *inside) following(ctx context.Context) (done func() error, err error) {
	in.do.Gate = &projections.Gate{Contacts: in.projectors["contacts"], End: in.journal.End}
	in.do.Showing = &projections.Showing{Contacts: in.projectors["contacts"], End: in.journal.End}
	reader := &mailReader{Projector: in.projectors["mailboxes"], handler: in.do, log: in.log, news: make(chan struct{}, 1)}
	router, err := in.follow(in.projectors, map[string]feed.Follower{"mailboxes": reader}, prometheus.NewRegistry())
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- router.Run(ctx) }()
	<-router.Running()
	return func() error { cancel(); return <-ended }, nil
}

// shown returns when the contacts people see are those of the journal.
func (in *inside) shown(ctx context.Context) error {
	end, err := in.journal.End(ctx)
	if err != nil {
		return err
	}
	patient, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	if err := in.projectors["contacts"].Await(patient, end); err != nil {
		return fmt.Errorf("the read models do not catch up: %w", err)
	}
	return nil
}
