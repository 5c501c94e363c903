<?php

// Runs the line that README has for Slim: `slim.php <file with the line>`. The application is a stand-in with the two methods that
// the line calls, as Slim 4 has them; request and answer are those of nyholm/psr7.

declare(strict_types=1);

use Nyholm\Psr7\Factory\Psr17Factory;
use Psr\Http\Message\ResponseFactoryInterface;
use Ringback\MemoryStore;
use Ringback\Receiver;
use Ringback\WebhookEvent;

require 'Nyholm/Psr7/autoload.php';
require getenv('RECEIVER');

$app = new class {
    public array $routes = [];

    public function post(string $pattern, callable $callable): void
    {
        $this->routes[$pattern] = $callable;
    }

    public function getResponseFactory(): ResponseFactoryInterface
    {
        return new Psr17Factory();
    }
};
$receiver = new Receiver('secret', fn (WebhookEvent $event) => print("then $event->type\n"), new MemoryStore());
require $argv[1];

$body = '{"id":"1","status":"success","type":"content_translate"}';
$now = (string) time();
$request = (new Psr17Factory())->createServerRequest('POST', '/hook')
    ->withHeader('webhook-id', '1')
    ->withHeader('webhook-timestamp', $now)
    ->withHeader('webhook-signature', 'v1,' . base64_encode(hash_hmac('sha256', "1.$now.$body", 'secret', true)))
    ->withBody((new Psr17Factory())->createStream($body));
$response = $app->routes['/hook']($request);
echo "{$response->getStatusCode()} {$response->getBody()}\n";
