package likeness_test

import (
	"fmt"
	"slices"
	"time"

	"skein/domain/likeness"
)

// record is a record of somebody.
type record struct {
	likeness.Person
	of int // whose it is
}

// measured is how well the pairs that are told are those of one person.
type measured struct {
	compared, told, right, pairs int
	took                         time.Duration
}

func (m measured) precision() float64 { return float64(m.right) / float64(m.told) }
func (m measured) recall() float64    { return float64(m.right) / float64(m.pairs) }
func (m measured) f1() float64 {
	return 2 * m.precision() * m.recall() / (m.precision() + m.recall())
}

func (m measured) String() string {
	return fmt.Sprintf("precision %.4f, recall %.4f, F1 %.4f of %d true pairs; %d pairs compared in %s",
		m.precision(), m.recall(), m.f1(), m.pairs, m.compared, m.took.Round(time.Millisecond))
}

// measure compares all who share a key that is not that of a crowd.
func measure(records []record) (m measured, missed, wrong [][2]int) {
	began := time.Now()
	told := map[[2]int]bool{}
	for _, pair := range candidates(records) {
		m.compared++
		a, b := records[pair[0]], records[pair[1]]
		if likeness.Compare(a.Person, b.Person).Grade() == "" {
			continue
		}
		m.told++
		told[pair] = true
		if a.of == b.of {
			m.right++
		} else {
			wrong = append(wrong, pair)
		}
	}
	m.took = time.Since(began)
	of := map[int][]int{}
	for i, r := range records {
		of[r.of] = append(of[r.of], i)
	}
	for _, own := range of {
		for i, a := range own {
			for _, b := range own[i+1:] {
				if m.pairs++; !told[[2]int{a, b}] {
					missed = append(missed, [2]int{a, b})
				}
			}
		}
	}
	return m, missed, wrong
}

// candidates are the pairs that are compared.
func candidates(records []record) [][2]int {
	blocks := map[likeness.Key][]int{}
	for i, r := range records {
		for _, k := range r.Keys() {
			blocks[k] = append(blocks[k], i)
		}
	}
	found := map[[2]int]bool{}
	for _, block := range blocks {
		if len(block) > likeness.Crowd {
			continue
		}
		for i, a := range block {
			for _, b := range block[i+1:] {
				found[[2]int{a, b}] = true
			}
		}
	}
	var all [][2]int
	for pair := range found {
		all = append(all, pair)
	}
	slices.SortFunc(all, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
	return all
}
