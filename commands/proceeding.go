package commands

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"skein/domain"
	"skein/domain/process"
)

// proceeding is a process on its way.
type proceeding struct {
	*Handler
	key  process.Key
	way  way
	told story[process.Process]
}

// look reads what became of it by now.
func (p *proceeding) look(ctx context.Context) (err error) {
	p.told, err = load(ctx, p.Handler, p.key.Stream(), process.Evolve)
	return err
}

// note records what becomes of it, or returns ErrMovedOn if others have noted anything.
func (p *proceeding) note(ctx context.Context, by domain.By, cmds ...process.Command) error {
	after, events := p.told.state, []process.Event(nil)
	for _, cmd := range cmds {
		decided, err := process.Decide(after, cmd)
		if err != nil {
			return err
		}
		for _, e := range decided {
			after = process.Evolve(after, e, domain.Moment{At: p.Now(), By: by})
			events = append(events, e)
		}
	}
	at, err := record(ctx, p.Handler, by, p.key.Stream(), p.told, func(process.Process) ([]process.Event, error) { return events, nil })
	if err == nil {
		p.told.state, p.told.at, p.told.length = after, at, p.told.length+uint64(len(events))
	}
	return err
}

// held reports whether somebody may be at it: whoever is tells so often enough.
func (p *proceeding) held() bool {
	alive := p.told.state.Alive
	return p.Now().Sub(alive) < grace && !alive.Before(p.Alone)
}

// join waits for the end of a process, or goes on with it as soon as nobody can be at
// it any more. It waits no longer than patience.
func (p *proceeding) join(ctx context.Context, patience time.Duration) (domain.Position, error) {
	for begun := time.Now(); ; {
		switch {
		case p.told.state.Outcome != "":
			return p.answer()
		case !p.held():
			err := p.note(ctx, p.by(), process.GoOn{})
			if err == nil {
				return p.finish(ctx)
			}
			if !errors.Is(err, ErrMovedOn) {
				return 0, err
			}
		case time.Since(begun) >= patience:
			return 0, ErrUnderway
		default:
			if err := until(ctx, 50*time.Millisecond); err != nil {
				return 0, err
			}
		}
		if err := p.look(ctx); err != nil {
			return 0, err
		}
	}
}

// finish brings a process that is ours to its end.
func (p *proceeding) finish(ctx context.Context) (domain.Position, error) {
	in, err := p.room(ctx, p.key.Space)
	if err != nil {
		return 0, err
	}
	by, asked := p.inner(), p.told.state.Asked
	if p.told.state.Refused == nil {
		err := p.keeping(ctx, func(ctx context.Context) error { return p.way.goForth(ctx, by, in, asked) })
		var refused *domain.Refusal
		switch {
		case errors.As(err, &refused) && !errors.Is(err, ErrUnderway): // a process within it may go on without us
			if err := p.note(ctx, p.by(), p.turn(refused)...); err != nil {
				return 0, taken(err)
			}
		case err != nil:
			return 0, fmt.Errorf("process %s: %w", p.way.what, err)
		}
	}
	if p.told.state.Refused != nil && p.way.back != nil && p.told.state.Outcome == "" {
		err := p.keeping(ctx, func(ctx context.Context) error { return p.way.back(ctx, by, in, asked) })
		if err != nil {
			return 0, fmt.Errorf("process %s: take back: %v", p.way.what, err) // not to be taken for what was refused
		}
	}
	if err := p.note(ctx, p.by(), process.End{}); err != nil {
		return 0, taken(err)
	}
	return p.answer()
}

// turn is how the process turns back: it is at its end if there is nothing to take back.
func (p *proceeding) turn(refused *domain.Refusal) []process.Command {
	if p.way.back == nil {
		return []process.Command{process.TurnBack{Refused: refused}, process.End{}}
	}
	return []process.Command{process.TurnBack{Refused: refused}}
}

// taken is err, or ErrUnderway where others have taken a process over.
func taken(err error) error {
	if errors.Is(err, ErrMovedOn) {
		return ErrUnderway
	}
	return err
}

// answer is what is answered to whoever asked for what has ended.
func (p *proceeding) answer() (domain.Position, error) {
	if refused := p.told.state.Refused; refused != nil {
		return 0, refused
	}
	return p.told.at, nil
}

// by is who asked, as what becomes of the process is recorded.
func (p *proceeding) by() domain.By { return natural(p.told.state.By) }

// inner is who asked, as the steps are recorded: each once, for this process.
func (p *proceeding) inner() domain.By {
	by := p.by()
	by.Key = innerKey + string(p.key.ID)
	return by
}

// innerKey begins the keys of the steps of all processes.
const innerKey = "process/"

// keeping calls do while it is told every now and then that the process goes on. Once
// that cannot be told any more the context of do is over, long before others take the
// process over.
func (p *proceeding) keeping(ctx context.Context, do func(context.Context) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	ended := make(chan struct{})
	var telling sync.WaitGroup
	telling.Go(func() {
		for {
			select {
			case <-ended:
				return
			case <-time.After(grace / 4):
			}
			bounded, done := context.WithTimeout(ctx, grace/4)
			err := p.note(bounded, p.by(), process.GoOn{})
			done()
			if err != nil {
				stop(taken(err))
				return
			}
		}
	})
	err := do(ctx)
	close(ended)
	telling.Wait()
	if lost := context.Cause(ctx); err != nil && lost != nil {
		return fmt.Errorf("it cannot be kept: %v", lost)
	}
	return err
}
