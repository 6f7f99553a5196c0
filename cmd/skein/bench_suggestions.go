package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/projections"
)

// suggestions measures how fast those who may be one are found, one in ten contacts
// coming a second time with a slip: told anew, followed by a projector that has fallen
// behind, and as single contacts change.
func (l *lab) suggestions(ctx context.Context) (err error) {
	in, err := l.moveIn(ctx, "suggestions")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	room, err := in.room(ctx, "Customers")
	if err != nil {
		return err
	}
	strangers, err := in.meet(ctx, room, l.strangers)
	if err != nil {
		return err
	}
	for _, p := range in.projectors {
		if err := p.Rebuild(ctx, in.journal.All, nil); err != nil {
			return err
		}
	}
	follower := in.projectors["suggestions"]
	perSecond := func(began time.Time) float64 { return float64(l.strangers) / time.Since(began).Seconds() }
	return l.each(ctx, "suggestions", func() error {
		began := time.Now()
		if err := in.projectors["contacts"].Rebuild(ctx, in.journal.All, nil); err != nil {
			return err
		}
		limit := perSecond(began)
		began = time.Now()
		if err := follower.Rebuild(ctx, in.journal.All, nil); err != nil {
			return err
		}
		l.note("suggestions rebuilt, beside the contacts themselves", "contacts/s", perSecond(began), limit)
		var found float64
		if err := in.db.QueryRow(ctx, `SELECT count(*) / 2 FROM suggestions`).Scan(&found); err != nil {
			return err
		}
		l.note(fmt.Sprintf("suggestions of %d contacts", l.strangers), "pairs", found, float64(l.strangers/10))
		if err := in.forget(ctx, follower); err != nil {
			return err
		}
		follower = &projections.Projector{Name: "suggestions", Projection: projections.Suggestions{}, DB: in.db}
		in.projectors["suggestions"] = follower // which has not shown anything yet
		return l.met(ctx, in, room, strangers, limit)
	})
}

// met measures suggestions that follow the journal from its beginning.
func (l *lab) met(ctx context.Context, in *inside, room commands.Room, strangers []contact.ID, limit float64) (err error) {
	follower, began := in.projectors["suggestions"], time.Now()
	done, err := in.following(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	end, err := in.journal.End(ctx)
	if err == nil {
		err = follower.Await(ctx, end)
	}
	if err != nil {
		return err
	}
	l.note("suggestions of a backlog of all contacts", "contacts/s", float64(len(strangers))/time.Since(began).Seconds(), limit)
	var took times
	for range 2 * l.pairs {
		n := l.people.next()
		began := time.Now()
		at, err := in.do.EditContact(ctx, by, room, strangers[n*7919%len(strangers)], contact.Edit{Fields: map[string]string{"first_name": syllables(rand.New(rand.NewPCG(3, uint64(n))), 3)}})
		if err == nil {
			err = follower.Await(ctx, at)
		}
		if err != nil {
			return err
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	l.note("edit of a name until suggestions show, p50", "ms", took.ms(0.5), 0)
	l.note("edit of a name until suggestions show, p99", "ms", took.ms(0.99), 0)
	return nil
}

// forget empties the tables of a projector.
func (in *inside) forget(ctx context.Context, p *projections.Projector) error {
	tables := ""
	for _, t := range p.Tables() {
		tables += ", " + pgx.Identifier{t}.Sanitize()
	}
	if _, err := in.db.Exec(ctx, `DELETE FROM checkpoints WHERE projection = $1`, p.Name); err != nil {
		return err
	}
	_, err := in.db.Exec(ctx, `TRUNCATE `+tables[2:])
	return err
}

// meet has strangers come into a room, one in ten of them for the second time: with a
// slip in the name, and without an address.
func (in *inside) meet(ctx context.Context, room commands.Room, strangers int) ([]contact.ID, error) {
	random := rand.New(rand.NewPCG(1, 2))
	var firsts, lasts []string
	for range 500 {
		firsts, lasts = append(firsts, syllables(random, 3)), append(lasts, syllables(random, 4))
	}
	often := func(words []string) string { return words[int(float64(len(words))*random.Float64()*random.Float64())] }
	ids := make([]contact.ID, strangers)
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(64)
	var says map[contact.Slot]string
	for n := range ids {
		ids[n] = contact.ID(newID())
		if n%10 == 9 {
			says = maps.Clone(says)
			says["first_name"] += "h"
			delete(says, "email")
		} else {
			says = map[contact.Slot]string{"first_name": often(firsts), "last_name": often(lasts), "phone": fmt.Sprintf("+4930%07d", random.IntN(1e7))}
			says["email"] = fmt.Sprintf("%s.%s%d@example.org", says["first_name"], says["last_name"], random.IntN(1000))
		}
		one := contact.Created{Origin: contact.ByImport, Says: says}
		all.Go(func() error {
			_, err := in.journal.Append(ctx, contact.Key{Space: room.ID, ID: ids[n]}.Stream(), 0, by, domain.Event(one))
			return err
		})
	}
	return ids, all.Wait()
}

// syllables are a word that can be said.
func syllables(random *rand.Rand, many int) (word string) {
	for range many {
		word += string("bdfghklmnprstvw"[random.IntN(15)]) + string("aeiou"[random.IntN(5)])
	}
	return word
}
