package httpapi

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"skein/domain/credential"
	"skein/projections"
)

// uses is when credentials were used since that was kept last. The zero uses is
// ready for use.
type uses struct {
	mu   sync.Mutex
	last map[credential.ID]time.Time
}

// note notes that a credential was used.
func (u *uses) note(id credential.ID, at time.Time) {
	if id == "" {
		return // a token of another issuer
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.last == nil {
		u.last = map[credential.ID]time.Time{}
	}
	if at.After(u.last[id]) {
		u.last[id] = at
	}
}

// shown is a list of credentials with the uses that are not kept yet.
func (u *uses) shown(list []projections.Credential) []projections.Credential {
	u.mu.Lock()
	defer u.mu.Unlock()
	for i, c := range list {
		if at, used := u.last[c.ID]; used {
			list[i].LastUsed = new(at.Truncate(time.Microsecond).UTC()) // as it is kept
		}
	}
	return list
}

// keepUses keeps what was noted. What cannot be kept stays noted.
func (a *API) keepUses(ctx context.Context) {
	a.used.mu.Lock()
	noted := a.used.last
	a.used.last = nil
	a.used.mu.Unlock()
	if len(noted) == 0 {
		return
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer stop()
	if err := projections.KeepUses(ctx, a.DB, noted); err != nil {
		cmp.Or(a.Log, slog.Default()).WarnContext(ctx, "last uses of credentials are not kept yet", "error", err)
		for id, at := range noted {
			a.used.note(id, at)
		}
	}
}

// KeepUses keeps, once a minute and at the end, when credentials were last used. It
// costs one statement however many they are; what a process that is killed had not
// kept yet is lost.
func (a *API) KeepUses(ctx context.Context) error {
	minutes := time.NewTicker(time.Minute)
	defer minutes.Stop()
	for {
		select {
		case <-minutes.C:
			a.keepUses(ctx)
		case <-ctx.Done():
			a.keepUses(ctx)
			return nil
		}
	}
}
