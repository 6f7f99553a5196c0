package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"skein/commands"
	"skein/domain"
	"skein/domain/access"
	"skein/domain/contact"
	"skein/domain/space"
	"skein/projections"
)

const (
	mostListeners = 16                     // with one credential at the same time
	heartbeat     = 500 * time.Millisecond // how often it is looked whether one who listens may still do so
	ahead         = 16                     // how many changes wait for one who takes them slowly
)

var (
	errListeners = domain.Refuse(domain.Forbidden, "listeners_too_many", "Changes are followed 16 times with this credential already. End one of them, or use another credential.")
	errUnsure    = domain.Refuse(domain.Stale, "rights_unknown", "Nobody can tell at this moment what you may do. Ask again in a second.")
	errAhead     = domain.Refuse(domain.Conflict, "position_ahead", "The journal ends before this position: it is another one, or was restored from a backup. Read everything anew, and go on from there.")
)

// listeners are those who wait for changes, by whose they are. The zero listeners is
// ready for use.
type listeners struct {
	mu   sync.Mutex
	now  map[string]int
	life context.Context // over when nobody listens any more
	over context.CancelFunc
}

// begin begins to listen if there are not too many; done ends it. The context it returns
// is over when all of them are to end.
func (l *listeners) begin(ctx context.Context, sender string) (_ context.Context, done func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.live()
	if l.now[sender] >= mostListeners {
		return nil, nil, errListeners
	}
	l.now[sender]++
	ctx, cancel := context.WithCancel(ctx)
	released := context.AfterFunc(l.life, cancel)
	return ctx, func() {
		released()
		cancel()
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.now[sender]--; l.now[sender] == 0 {
			delete(l.now, sender)
		}
	}, nil
}

func (l *listeners) live() {
	if l.now == nil {
		l.now = map[string]int{}
		l.life, l.over = context.WithCancel(context.Background())
	}
}

// EndListening ends the answers to all who wait for changes, and those to come at once:
// the server stops. They go on elsewhere, or later, without having missed anything.
func (a *API) EndListening() {
	a.listening.mu.Lock()
	defer a.listening.mu.Unlock()
	a.listening.live()
	a.listening.over()
}

// listener is one who is told of the changes of a space as long as they may list its
// contacts.
type listener struct {
	heard chan heard
	beat  *time.Ticker
	end   func() // ends it, and waits for that

	api    *API
	asked  *request
	upTo   domain.Position // where the journal ended when it began
	failed error           // why heard was closed
}

// heard is a change, and the text of it; or without a text word that nothing else
// happened up to a position.
type heard struct {
	change
	text []byte
}

// listen lets the one who asks listen to what happened in a space after a position, and
// happens from now on.
func (a *API) listen(ctx context.Context, id space.ID, after domain.Position) (*listener, error) {
	in, err := a.enter(ctx, id, access.ListContacts)
	if err != nil {
		return nil, err
	}
	q := requestOf(ctx)
	l := &listener{heard: make(chan heard, ahead), api: a, asked: q}
	if l.upTo, err = a.Ready(ctx); err != nil {
		return nil, err
	}
	if after > l.upTo {
		return nil, errAhead.Where("/after")
	}
	ctx, done, err := a.listening.begin(ctx, q.sender())
	if err != nil {
		q.out.Header().Set("Retry-After", "1")
		return nil, err
	}
	l.beat = time.NewTicker(heartbeat)
	go l.follow(ctx, in, after)
	l.end = func() {
		done()
		l.beat.Stop()
		for range l.heard { // until whoever reads ahead is gone
		}
	}
	return l, nil
}

// follow sends what happens, until ctx is over or it fails.
func (l *listener) follow(ctx context.Context, in commands.Room, after domain.Position) {
	defer close(l.heard)
	for c, err := range l.api.Commands.Changes(ctx, l.api.News, in, after, &l.api.retold) {
		h := heard{change: change{Position: c.Position}}
		if err == nil && c.Stream != "" {
			if h.change, err = changeOf(c); err == nil {
				h.text, err = json.Marshal(h.change)
			}
		}
		if err != nil {
			if ctx.Err() == nil {
				l.failed = err
			}
			return
		}
		select {
		case l.heard <- h:
		case <-ctx.Done():
			return
		}
	}
}

// why is why nothing is heard any more, once heard is closed; nil if that is how it was
// to end.
func (l *listener) why() error { return l.failed }

// current reports whether a position is no earlier than where the journal ended in the
// beginning.
func (l *listener) current(at domain.Position) bool { return at >= l.upTo }

// check refuses whoever may not listen any more: their role, what they proved with who
// they are, or the space itself was taken away or is over (D5-3).
func (l *listener) check(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, heartbeat)
	defer stop()
	who, err := l.api.who(ctx, l.asked.proof)
	if err == nil {
		_, err = l.api.Commands.Enter(ctx, who, issued(l.asked.space), access.ListContacts)
	}
	refused := new(domain.Refusal)
	if err != nil && (!errors.As(err, &refused) || statusOf(refused) >= http.StatusInternalServerError) {
		return errUnsure
	}
	return err
}

// sure is check for one who can wait until it is known what they may do.
func (l *listener) sure(ctx context.Context) error {
	for {
		err := l.check(ctx)
		if !errors.Is(err, errUnsure) {
			return err
		}
		select {
		case <-l.beat.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// kin implements commands.Kin by the read model, once that shows the journal up to the
// position.
func (a *API) kin(ctx context.Context, in space.ID, id contact.ID, at domain.Position) ([]contact.ID, error) {
	if err := a.Projectors["contacts"].Await(ctx, at); err != nil {
		return nil, err
	}
	return projections.Lineage(ctx, a.DB, in, id)
}
