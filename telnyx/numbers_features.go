package telnyx

import (
	"context"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
)

// NumbersFeaturesService lists the features of numbers.
type NumbersFeaturesService struct{ api *api.Client }

// NumberFeatures are the features of one number.
type NumberFeatures struct {
	// PhoneNumber is in E.164.
	PhoneNumber string `json:"phone_number"`
	// Features are FeatureSMS or others of these constants. They are strings,
	// unlike those of a search.
	Features []string `json:"features,omitzero"`
}

// GetNumbersFeaturesRequest names numbers.
type GetNumbersFeaturesRequest struct {
	// PhoneNumbers are in E.164. The list must not be empty.
	PhoneNumbers []string `json:"phone_numbers"`
}

// Get returns the features of numbers.
//
// POST /numbers_features, which changes nothing.
func (s *NumbersFeaturesService) Get(ctx context.Context, r *GetNumbersFeaturesRequest) ([]NumberFeatures, error) {
	const op = "NumbersFeatures.Get"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	if len(r.PhoneNumbers) == 0 {
		return nil, api.Invalid(vendor, op, "PhoneNumbers", "it is empty")
	}
	page, err := list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodPost, Path: "/numbers_features", Body: r,
	}, 0, func(n *NumberFeatures) string { return checkPhoneNumber(n.PhoneNumber) })
	if err != nil {
		return nil, err
	}
	return page.Data, nil
}
