package main

import (
	"fmt"
	"sync/atomic"

	"skein/domain/contact"
)

// person is what somebody says of themselves, who is always the same for the same
// number. It names nobody that another one has.
func person(n int) map[string]string {
	first := []string{"Ada", "Grace", "Edsger", "Barbara", "Alan", "Radia", "Niklaus", "Frances", "Donald", "Jean", "Tony"}
	last := []string{"Lovelace", "Hopper", "Dijkstra", "Liskov", "Turing", "Perlman", "Wirth", "Allen", "Knuth", "Bartik", "Hoare", "Hamilton", "Lamport"}
	country := []string{"Germany", "France", "Poland", "Kenya", "Chile", "India", "Norway"}
	return map[string]string{
		"first_name": first[n%len(first)], "last_name": last[n/7%len(last)], "country": country[n/3%len(country)],
		"phone": fmt.Sprintf("+4930%08d", n%100_000_000), "language": "en",
	}
}

// email is an address of its own for every number, always of the same length.
func email(n int) string { return fmt.Sprintf("p%012d@example.org", n) }

// says is what a person says as events hold it.
func says(n int) map[contact.Slot]string {
	fields := person(n)
	fields["email"] = email(n)
	return slots(fields)
}

func slots(fields map[string]string) map[contact.Slot]string {
	slots := make(map[contact.Slot]string, len(fields))
	for field, text := range fields {
		slots[contact.Slot(field)] = text
	}
	return slots
}

// edit is what a person says anew, in few words.
func edit(n int) map[string]string {
	return map[string]string{"phone": fmt.Sprintf("+4940%08d", n%100_000_000), "language": []string{"de", "fr", "en", "pl"}[n%4]}
}

// counter gives numbers that nobody had before.
type counter struct{ last atomic.Int64 }

func (c *counter) next() int { return int(c.last.Add(1)) }
