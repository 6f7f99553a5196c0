package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// commands measures commands over HTTP beside the same router answering an empty
// POST. Clients wait for an answer before they ask again.
func (l *lab) commands(ctx context.Context) (err error) {
	null, err := l.spawn(ctx, "bench", "bare")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, null.stop()) }()
	p, err := l.found(ctx, "commands")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()

	return l.each(ctx, "commands", func() error {
		for _, clients := range []int{1, 32, 256} {
			created, err := l.pressBoth(ctx, null, p, "create", clients, p.create)
			if err != nil {
				return err
			}
			if err := l.besideJSON(ctx, null, p, created, clients); err != nil {
				return err
			}
			made := created.made
			if _, err := l.pressBoth(ctx, null, p, "create with email", clients, func(int) script { return p.createWithEmail(&l.people) }); err != nil {
				return err
			}
			if _, err := l.pressBoth(ctx, null, p, "edit", clients, func(client int) script {
				return p.edit(made[client*len(made)/clients:])
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

// pressBoth has clients ask first the null server and then the product, and notes
// what came of it. It returns what came of asking the product.
func (l *lab) pressBoth(ctx context.Context, null *child, p *product, name string, clients int, play func(client int) script) (ours load, err error) {
	if err := p.settled(ctx); err != nil {
		return ours, err
	}
	limit, err := press(ctx, null.address, clients, l.burst, func(int) script { return func() []byte { return post } })
	if err != nil {
		return ours, fmt.Errorf("nothing: %w", err)
	}
	disk, err := l.disk(l.burst / 4)
	if err != nil {
		return ours, err
	}
	if ours, err = press(ctx, p.address, clients, l.burst, play); err != nil {
		return ours, fmt.Errorf("%s: %w", name, err)
	}
	var p99, p999 []goal
	many := fmt.Sprintf("%s, clients: %d", name, clients)
	switch clients {
	case 1:
		l.note(many+", p50 beside a synced write", "ms", ours.took.ms(0.5), disk.ms(0.5), atMostTimes(2))
	case 32:
		p99, p999 = []goal{atMost(10)}, []goal{atMost(50)}
	}
	l.note(many, "/s", ours.perSecond(), limit.perSecond(), manyEnough(clients)...)
	l.note(many+", p50", "ms", ours.took.ms(0.5), limit.took.ms(0.5))
	l.note(many+", p99", "ms", ours.took.ms(0.99), limit.took.ms(0.99), p99...)
	l.note(many+", p99.9", "ms", ours.took.ms(0.999), limit.took.ms(0.999), p999...)
	return ours, nil
}

// manyEnough is the goal for the answers that so many clients get.
func manyEnough(clients int) []goal {
	switch clients {
	case 32:
		return []goal{atLeastTimes(0.4)}
	case 256:
		return []goal{atLeastTimes(0.45)}
	}
	return nil
}

// besideJSON notes a load beside what the same router does with the same body if it
// decodes it and answers, and no more.
func (l *lab) besideJSON(ctx context.Context, null *child, p *product, ours load, clients int) error {
	if err := p.settled(ctx); err != nil {
		return err
	}
	request := p.request(http.MethodPost, "/json", fieldsOf(person(1)))
	limit, err := press(ctx, null.address, clients, l.burst, func(int) script { return func() []byte { return request } })
	if err != nil {
		return fmt.Errorf("JSON: %w", err)
	}
	l.note(fmt.Sprintf("create, clients: %d, beside JSON decoded and answered", clients), "/s", ours.perSecond(), limit.perSecond(), manyEnough(clients)...)
	return nil
}

func (p *product) contacts() string { return "/v1/spaces/" + p.space + "/contacts" }

// create asks for contacts that nothing identifies: one append each.
func (p *product) create(int) script {
	request := p.request(http.MethodPost, p.contacts(), fieldsOf(person(1)))
	return func() []byte { return request }
}

// createWithEmail asks for contacts with addresses of their own: a claim and an
// append each.
func (p *product) createWithEmail(people *counter) script {
	fields := person(1)
	fields["email"] = email(0)
	request := p.request(http.MethodPost, p.contacts(), fieldsOf(fields))
	at := bytes.Index(request, []byte(email(0)))
	return func() []byte {
		copy(request[at:], email(people.next()))
		return request
	}
}

// edit asks for changes of contacts, one after the other: a read and an append each.
func (p *product) edit(contacts []string) script {
	n := 0
	requests := [][]byte{}
	for i := range 4 {
		requests = append(requests, p.request(http.MethodPatch, p.contacts()+"/"+contacts[0], fieldsOf(edit(i))))
	}
	at := bytes.Index(requests[0], []byte(contacts[0]))
	return func() []byte {
		request := requests[n%len(requests)]
		copy(request[at:], contacts[n%len(contacts)])
		n++
		return request
	}
}

// fieldsOf is a body that says something of a contact.
func fieldsOf(fields map[string]string) string {
	text, _ := json.Marshal(map[string]map[string]string{"fields": fields}) // always has a JSON form
	return string(text)
}
