"""List and create tasks with FastAPI, SQLModel and asyncpg, behind Mangum."""

import os
import uuid
from datetime import datetime, timezone
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from jose import JWTError, jwt
from mangum import Mangum
from sqlalchemy import DateTime
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Field, SQLModel, desc, select
from sqlmodel.ext.asyncio.session import AsyncSession

SECRET = os.environ["JWT_SECRET"]

app = FastAPI()
engine = create_async_engine(
    os.environ["DATABASE_URL"], connect_args={"server_settings": {"application_name": "task-api"}}
)


def now():
    return datetime.now(timezone.utc)


class TaskCreate(SQLModel):
    title: str = Field(min_length=1, max_length=200)
    description: str | None = Field(default=None, max_length=8192)


class Task(TaskCreate, table=True):
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    owner_user_id: str = Field(index=True)
    completed: bool = False
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))


async def session():
    async with AsyncSession(engine, expire_on_commit=False) as session:
        yield session


async def caller(user_id: str, bearer: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> str:
    try:
        subject = jwt.decode(bearer.credentials, SECRET, algorithms=["HS256"])["sub"]
    except (JWTError, KeyError):
        raise HTTPException(401, "The token is not valid.")
    if user_id not in ("me", subject):
        raise HTTPException(403, "These are another user's tasks.")
    return subject


Session = Annotated[AsyncSession, Depends(session)]
Caller = Annotated[str, Depends(caller)]


@app.get("/api/{user_id}/tasks")
async def list_tasks(user: Caller, session: Session, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> list[Task]:
    newest = select(Task).where(Task.owner_user_id == user).order_by(desc(Task.created_at)).limit(limit)
    return (await session.exec(newest)).all()


@app.post("/api/{user_id}/tasks", status_code=201)
async def create_task(user: Caller, session: Session, new: TaskCreate) -> Task:
    task = Task.model_validate(new, update={"owner_user_id": user})
    session.add(task)
    await session.commit()
    return task


handler = Mangum(app, lifespan="off")
