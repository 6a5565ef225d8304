package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// The loop is what one writes by hand: structs, json.Unmarshal, page by page.

type loopOrder struct {
	ID                 string    `json:"id"`
	RecordType         string    `json:"record_type"`
	PhoneNumbersCount  int       `json:"phone_numbers_count"`
	ConnectionID       string    `json:"connection_id"`
	MessagingProfileID string    `json:"messaging_profile_id"`
	BillingGroupID     string    `json:"billing_group_id"`
	PhoneNumbers       []loopTN  `json:"phone_numbers"`
	SubNumberOrdersIDs []string  `json:"sub_number_orders_ids"`
	Status             string    `json:"status"`
	CustomerReference  string    `json:"customer_reference"`
	CreatedAt          time.Time `json:"created_at"`
	UpdatedAt          time.Time `json:"updated_at"`
	RequirementsMet    bool      `json:"requirements_met"`
}

type loopTN struct {
	PhoneNumber string `json:"phone_number"`
	ID          string `json:"id"`
}

type loopPage struct {
	Data []loopOrder `json:"data"`
	Meta struct {
		PageNumber int `json:"page_number"`
		TotalPages int `json:"total_pages"`
	} `json:"meta"`
}

func loopList(ctx context.Context, c *http.Client, base string) (count int, err error) {
	for n := 1; ; n++ {
		url := fmt.Sprintf("%s/number_orders?page%%5Bnumber%%5D=%d&page%%5Bsize%%5D=%d", base, n, pageSize)
		var page loopPage
		if err := loopDo(ctx, c, http.MethodGet, url, nil, &page); err != nil {
			return count, err
		}
		count += len(page.Data)
		if n >= page.Meta.TotalPages {
			return count, nil
		}
	}
}

func loopCreate(ctx context.Context, c *http.Client, base string, number string) (*loopOrder, error) {
	in := map[string]any{"phone_numbers": []map[string]string{{"phone_number": number}}}
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	var out struct {
		Data loopOrder `json:"data"`
	}
	return &out.Data, loopDo(ctx, c, http.MethodPost, base+"/number_orders", body, &out)
}

func loopDo(ctx context.Context, c *http.Client, method, url string, body []byte, into any) error {
	var reader io.Reader
	if body != nil {
		reader = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, url, reader)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer KEYbench")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("HTTP %d", resp.StatusCode)
	}
	return json.Unmarshal(data, into)
}
