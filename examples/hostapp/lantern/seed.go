// SPDX-License-Identifier: Apache-2.0

package lantern

import (
	"context"
	"errors"
)

// Person is somebody to be made known to the app.
type Person struct{ Email, Name, Role, Password string }

// DemoPeople are three people who share a password. They are for demonstrations
// and tests only.
func DemoPeople(password string) []Person {
	return []Person{
		{"amara@lantern.example", "Amara Diallo", "Mathematics tutor", password},
		{"jonas@lantern.example", "Jonas Lindqvist", "Physics tutor", password},
		{"priya@lantern.example", "Priya Nair", "Student office", password},
	}
}

// SeedUsers adds the people whose e-mails are not known yet, in order.
func (a *App) SeedUsers(ctx context.Context, people []Person) error {
	for _, p := range people {
		_, err := a.store.personByEmail(ctx, p.Email)
		if errors.Is(err, errNoSuchRow) {
			err = a.addPerson(ctx, p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *App) addPerson(ctx context.Context, p Person) error {
	hash, err := hashPassword(p.Password)
	if err != nil {
		return err
	}
	return a.store.addPerson(ctx, person{Email: p.Email, Name: p.Name, Role: p.Role, password: hash})
}
