package domain

import "maps"

// Reason says why a command was refused.
type Reason uint8

const (
	Invalid   Reason = iota + 1 // The command makes no sense, whatever the state.
	Missing                     // What it speaks of does not exist.
	Gone                        // What it speaks of existed once and was deleted.
	Conflict                    // The state does not allow it now.
	Stale                       // It was decided on a state that has moved on.
	Forbidden                   // The actor may not ask for it.
	Unplanned                   // The organization's plan does not include it.
)

// Refusal is the error of a command that was understood and turned down.
// Every other error is a fault of the system and none of the caller's business.
type Refusal struct {
	Reason  Reason
	Code    string            // stable, for programs: "contact_merged"
	Message string            // for people: what is wrong and what to do
	At      string            // JSON pointer to what is wrong in the command, if it is one thing
	Names   map[string]string // what the refusal speaks of, such as the survivor's id
}

// Refuse makes the refusal with the given code. Packages keep theirs as variables.
func Refuse(reason Reason, code, message string) *Refusal {
	return &Refusal{Reason: reason, Code: code, Message: message}
}

func (r *Refusal) Error() string { return r.Message }

// Is reports whether target is a refusal with the same code.
func (r *Refusal) Is(target error) bool {
	other, ok := target.(*Refusal)
	return ok && other.Code == r.Code
}

// Where is the refusal with a pointer to what is wrong.
func (r Refusal) Where(pointer string) *Refusal {
	r.At = pointer
	return &r
}

// Naming is the refusal with one more thing it speaks of.
func (r Refusal) Naming(what, value string) *Refusal {
	r.Names = maps.Clone(r.Names)
	if r.Names == nil {
		r.Names = map[string]string{}
	}
	r.Names[what] = value
	return &r
}

// Saying is the refusal with another message, where the case allows a clearer one.
func (r Refusal) Saying(message string) *Refusal {
	r.Message = message
	return &r
}
