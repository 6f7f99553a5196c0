package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// access measures what it costs to find out who asks and what they may: a query that
// does nothing else but tell what is in memory, beside one of the same router that
// anybody may ask.
func (l *lab) access(ctx context.Context) (err error) {
	p, err := l.found(ctx, "access")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	fields := p.request(http.MethodGet, "/v1/spaces/"+p.space+"/fields", "")

	return l.each(ctx, "access", func() error {
		for _, clients := range []int{1, 32} {
			free, err := press(ctx, p.address, clients, l.burst, func(int) script { return func() []byte { return alive } })
			if err != nil {
				return fmt.Errorf("probe: %w", err)
			}
			ours, err := press(ctx, p.address, clients, l.burst, func(int) script { return func() []byte { return fields } })
			if err != nil {
				return fmt.Errorf("query: %w", err)
			}
			what := fmt.Sprintf("query with a token beside a probe, clients: %d, p50", clients)
			l.note(what, "ms", ours.took.ms(0.5), free.took.ms(0.5))
			if clients == 1 {
				l.note("what the token adds, p50", "ms", ours.took.ms(0.5)-free.took.ms(0.5), 0, atMost(0.05))
			}
		}
		return nil
	})
}
