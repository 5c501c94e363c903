<?php

// A request of PSR-7 as a framework makes it, and its answer as a framework sends it, with the interfaces of PSR-7 and
// PSR-17 and with nyholm/psr7, which Debian has as packages. The interface of PSR-15 it has not: it stands here as it is.

declare(strict_types=1);

namespace Psr\Http\Server {
    use Psr\Http\Message\ResponseInterface;
    use Psr\Http\Message\ServerRequestInterface;

    if (!interface_exists(RequestHandlerInterface::class)) {
        interface RequestHandlerInterface
        {
            public function handle(ServerRequestInterface $request): ResponseInterface;
        }
    }
}

namespace Frameworks {
    use Nyholm\Psr7\Factory\Psr17Factory;
    use Psr\Http\Message\ResponseInterface;
    use Psr\Http\Message\ServerRequestInterface;

    function request(Psr17Factory $factory): ServerRequestInterface
    {
        $request = $factory->createServerRequest($_SERVER['REQUEST_METHOD'], $_SERVER['REQUEST_URI'], $_SERVER);
        foreach (getallheaders() as $name => $value) {
            $request = $request->withHeader((string) $name, $value);
        }
        // At its end, as something that has read it leaves it.
        $body = $factory->createStream(file_get_contents('php://input'));
        $body->getContents();
        return $request->withBody($body);
    }

    function emit(ResponseInterface $response): void
    {
        $body = (string) $response->getBody();
        http_response_code($response->getStatusCode());
        foreach ($response->getHeaders() as $name => $values) {
            header("$name: " . implode(', ', $values));
        }
        header('Content-Length: ' . strlen($body));
        echo $body;
    }
}
