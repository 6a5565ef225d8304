package telnyxtest

import "fmt"

func featureRoutes() []route {
	return []route{{"POST", "/numbers_features", "list number features", false, nil, (*call).listFeatures}}
}

// featuresJSON is what one number can do: plain words, where searches have objects.
type featuresJSON struct {
	PhoneNumber string   `json:"phone_number"`
	Features    []string `json:"features"`
}

// listFeatures is POST /numbers_features. A number that is not in the stock can do nothing.
func (c *call) listFeatures() (any, *problem) {
	var in struct {
		PhoneNumbers []string `json:"phone_numbers"`
	}
	if p := c.body(&in); p != nil {
		return nil, p
	}
	if len(in.PhoneNumbers) == 0 {
		return nil, invalid(codeMissing, "/phone_numbers", "phone_numbers is required.")
	}
	rows := []featuresJSON{}
	for i, number := range in.PhoneNumbers {
		if !e164.MatchString(number) {
			return nil, invalid(codeNotE164, fmt.Sprintf("/phone_numbers/%d", i), "The number [%s] must be in +E.164 format.", number)
		}
		row := featuresJSON{number, []string{}}
		if known := c.stockOf[number]; known != nil {
			row.Features = known.Features
		}
		rows = append(rows, row)
	}
	return data{rows}, nil
}
