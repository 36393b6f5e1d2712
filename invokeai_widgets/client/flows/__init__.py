"""Operations that take more than one request: what the server would lose or leave unsaid."""
