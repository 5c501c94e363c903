<?php

// As much of PSR-7, PSR-17 and PSR-15 as a receiver uses, by the names of their interfaces: the packages come from a
// registry of their own, which tests do not need.

declare(strict_types=1);

namespace Psr\Http\Message {
    interface ServerRequestInterface
    {
    }

    interface ResponseInterface
    {
    }

    interface ResponseFactoryInterface
    {
    }
}

namespace Psr\Http\Server {
    use Psr\Http\Message\ResponseInterface;
    use Psr\Http\Message\ServerRequestInterface;

    interface RequestHandlerInterface
    {
        public function handle(ServerRequestInterface $request): ResponseInterface;
    }
}

namespace Psr {
    use Psr\Http\Message\ResponseFactoryInterface;
    use Psr\Http\Message\ResponseInterface;
    use Psr\Http\Message\ServerRequestInterface;

    final class Stream
    {
        /** @param resource $file */
        public function __construct(private $file)
        {
        }

        public function isSeekable(): bool
        {
            return true;
        }

        public function rewind(): void
        {
            rewind($this->file);
        }

        public function eof(): bool
        {
            return feof($this->file);
        }

        public function read(int $length): string
        {
            return fread($this->file, $length);
        }

        public function write(string $text): int
        {
            return fwrite($this->file, $text);
        }
    }

    final class Request implements ServerRequestInterface
    {
        private Stream $body;

        public function __construct()
        {
            $file = fopen('php://temp', 'w+');
            fwrite($file, file_get_contents('php://input'));
            // At its end, as something that has read it leaves it.
            $this->body = new Stream($file);
        }

        public function getBody(): Stream
        {
            return $this->body;
        }

        public function getMethod(): string
        {
            return $_SERVER['REQUEST_METHOD'];
        }

        public function getHeaders(): array
        {
            return array_map(static fn (string $value) => [$value], getallheaders());
        }

        public function getHeaderLine(string $name): string
        {
            return array_change_key_case(getallheaders())[strtolower($name)] ?? '';
        }
    }

    final class Response implements ResponseInterface
    {
        public array $headers = [];
        public $file;

        public function __construct(public readonly int $status)
        {
            $this->file = fopen('php://temp', 'w+');
        }

        public function withHeader(string $name, string $value): self
        {
            $copy = clone $this;
            $copy->headers[$name] = $value;
            return $copy;
        }

        public function getBody(): Stream
        {
            return new Stream($this->file);
        }
    }

    final class Factory implements ResponseFactoryInterface
    {
        public function createResponse(int $status): Response
        {
            return new Response($status);
        }
    }

    /** As the emitters of frameworks do. */
    function emit(Response $response): void
    {
        rewind($response->file);
        $body = stream_get_contents($response->file);
        http_response_code($response->status);
        foreach ([...$response->headers, 'Content-Length' => (string) strlen($body)] as $name => $value) {
            header("$name: $value");
        }
        echo $body;
    }
}
