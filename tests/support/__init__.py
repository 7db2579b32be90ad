"""What several tests share: case files, pictures of answers, comparison with typed truth."""
