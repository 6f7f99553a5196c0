package organization

import "time"

// Usage is what a space was billed for in a calendar month (UTC), in figures alone, so
// that it can outlive the space (C1-8). Months in which nothing changed are left out.
type Usage struct {
	Month    time.Time `json:"month"`  // its first moment
	People   int64     `json:"people"` // contacts that stood at its end
	Peak     int64     `json:"peak"`   // the most that stood at one time
	Received int64     `json:"received,omitempty"`
	Sent     int64     `json:"sent,omitempty"`
}
