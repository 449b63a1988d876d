// List and create tasks in Go with pgx.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/golang-jwt/jwt/v5"
	"github.com/jackc/pgx/v5"
)

type task struct {
	ID          string    `json:"id" db:"id"`
	OwnerUserID string    `json:"owner_user_id" db:"owner_user_id"`
	Title       string    `json:"title" db:"title"`
	Description *string   `json:"description" db:"description"`
	Completed   bool      `json:"completed" db:"completed"`
	CreatedAt   time.Time `json:"created_at" db:"created_at"`
	UpdatedAt   time.Time `json:"updated_at" db:"updated_at"`
}

const (
	columns = `id, owner_user_id, title, description, completed, created_at, updated_at`
	list    = `select ` + columns + ` from task where owner_user_id = $1 order by created_at desc limit $2`
	create  = `insert into task (owner_user_id, title, description) values ($1, $2, $3) returning ` + columns
)

type (
	request  = events.APIGatewayV2HTTPRequest
	response = events.APIGatewayV2HTTPResponse
)

type server struct {
	db     *pgx.Conn
	secret []byte
}

func (s *server) handle(ctx context.Context, req request) (response, error) {
	user, err := s.authenticate(req)
	if err != nil {
		return answer(http.StatusUnauthorized, map[string]string{"message": "The token is not valid."})
	}
	if id := req.PathParameters["user_id"]; id != "me" && id != user {
		return answer(http.StatusForbidden, map[string]string{"message": "These are another user's tasks."})
	}
	if req.RequestContext.HTTP.Method == http.MethodPost {
		return s.create(ctx, user, req)
	}
	return s.list(ctx, user, req)
}

func (s *server) authenticate(req request) (string, error) {
	bearer := strings.TrimPrefix(req.Headers["authorization"], "Bearer ")
	key := func(*jwt.Token) (any, error) { return s.secret, nil }
	token, err := jwt.Parse(bearer, key, jwt.WithValidMethods([]string{"HS256"}), jwt.WithExpirationRequired())
	if err != nil {
		return "", err
	}
	return token.Claims.GetSubject()
}

func (s *server) list(ctx context.Context, user string, req request) (response, error) {
	limit := 100
	if text, given := req.QueryStringParameters["limit"]; given {
		var err error
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > 500 {
			return answer(http.StatusBadRequest, map[string]string{"message": "limit is a number from 1 to 500."})
		}
	}
	rows, _ := s.db.Query(ctx, list, user, limit)
	tasks, err := pgx.CollectRows(rows, pgx.RowToStructByName[task])
	if err != nil {
		return response{}, err
	}
	return answer(http.StatusOK, tasks)
}

func (s *server) create(ctx context.Context, user string, req request) (response, error) {
	var wanted struct {
		Title       string  `json:"title"`
		Description *string `json:"description"`
	}
	if err := json.Unmarshal([]byte(req.Body), &wanted); err != nil {
		return answer(http.StatusBadRequest, map[string]string{"message": "The body is no task."})
	}
	if length := utf8.RuneCountInString(wanted.Title); length < 1 || length > 200 {
		return answer(http.StatusUnprocessableEntity, map[string]string{"message": "title has 1 to 200 characters."})
	}
	rows, _ := s.db.Query(ctx, create, user, wanted.Title, wanted.Description)
	made, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[task])
	if err != nil {
		return response{}, err
	}
	return answer(http.StatusCreated, made)
}

func answer(status int, body any) (response, error) {
	text, err := json.Marshal(body)
	headers := map[string]string{"content-type": "application/json"}
	return response{StatusCode: status, Headers: headers, Body: string(text)}, err
}

func main() {
	db, err := pgx.Connect(context.Background(), os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	server := server{db: db, secret: []byte(os.Getenv("JWT_SECRET"))}
	lambda.Start(server.handle)
}
